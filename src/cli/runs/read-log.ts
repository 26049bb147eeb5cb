import type { Client, RunEvent } from "../../http/client/index.ts";

/** Of the app. */
const LARGEST_PAGE = 1000;

/** The log of a run as it stands, page by page. */
export async function* readLog(
  client: Client,
  runId: string,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  let after: number | undefined;
  for (;;) {
    const { events } = await client.getEvents(runId, { after, limit: LARGEST_PAGE, signal });
    yield* events;
    after = events.at(-1)?.seq;
    if (events.length < LARGEST_PAGE) return;
  }
}
