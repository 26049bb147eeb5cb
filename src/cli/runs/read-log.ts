import type { Client, RunEvent } from "../../http/client/index.ts";

/** The log of a run as it stands, page by page. */
export async function* readLog(
  client: Client,
  runId: string,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  let after: number | undefined;
  for (;;) {
    const { events, more } = await client.getEvents(runId, { after, signal });
    yield* events;
    after = events.at(-1)?.seq;
    if (!more) return;
  }
}
