import type { Client, RunEvent } from "../../http/client/index.ts";

/** One log of a run as it stands, page by page: that in which the run is, unless another is wanted. */
export async function* readLog(
  client: Client,
  runId: string,
  { generation: wanted, signal }: { generation?: number | undefined; signal: AbortSignal },
): AsyncGenerator<RunEvent> {
  let generation = wanted;
  let after: number | undefined;
  for (;;) {
    const page = await client.getEvents(runId, { generation, after, signal });
    const { events, more } = page;
    yield* events;
    // The run may go on in another log before this one is read.
    generation = page.generation;
    after = events.at(-1)?.seq;
    if (!more) return;
  }
}
