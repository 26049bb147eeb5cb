/** The typed client, at work on the runtime that also serves. */
import { createClient, RunNotFoundError, TimeoutError } from "detent/client";

export interface Place {
  url: string;
  token: string;
  /** How this runtime asks itself, where that is not by the global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** What came of each thing that a client does, to be sent as JSON. */
export async function useClient({ url, token, fetch }: Place): Promise<Record<string, unknown>> {
  const client = createClient({
    baseUrl: url,
    token,
    ...(fetch && { fetch: (to: string, init: RequestInit) => fetch(new Request(to, init)) }),
  });
  const value = { at: new Date(5), many: 10n, seen: new Set(["a"]) };
  const kept = await (await client.start("kept", value)).result({ timeout: "30s" });
  const { at, many, seen } = Object(kept) as Partial<typeof value>;
  const asleep = await client.start("asleep", "client");
  const impatient = await asleep.result({ timeout: 50 }).catch((error: unknown) => error);
  const { status } = await asleep.cancel({ reason: "enough", wait: true, timeout: "30s" });
  const types: string[] = [];
  for await (const { type } of client.followEvents(asleep.runId)) types.push(type);
  const gaveUp = new AbortController();
  gaveUp.abort(new Error("given up"));
  const { signal } = gaveUp;
  return {
    kept: [at instanceof Date && at.getTime(), String(many), seen instanceof Set && [...seen]],
    isTimeout: impatient instanceof TimeoutError,
    cancelled: status,
    last: types.at(-1),
    isMissing: await client.getRun("run_none").catch((error) => error instanceof RunNotFoundError),
    givenUp: await client.listRuns({}, { signal }).catch((error: Error) => error.message),
  };
}
