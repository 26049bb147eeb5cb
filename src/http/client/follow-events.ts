import { backoffMs } from "../../core/backoff.ts";
import { toMillis } from "../../core/duration.ts";
import { isEnded } from "../../core/run.ts";
import type { RunEvent } from "../../engine/engine.ts";
import type { FollowOptions } from "./client.ts";
import { pause } from "./pause.ts";
import { getEvents, getRun } from "./read.ts";
import type { Means } from "./transport.ts";

const DEFAULT_EVERY = 500;
/** After so many polls without news the pauses grow, up to so many times. */
const QUICK_POLLS = 5;
const SLOWEST = 8;

/** Every event as it comes in, until the one that ends the run. */
export async function* followEvents(
  means: Means,
  runId: string,
  { generation: first, after, every = DEFAULT_EVERY, signal }: FollowOptions = {},
): AsyncGenerator<RunEvent> {
  const everyMs = toMillis(every, "every");
  let generation = first;
  let seq = after;
  let wasEnded = false;
  for (let quiet = 0; ; ) {
    const page = await getEvents(means, runId, { generation, after: seq, signal });
    const { events, more } = page;
    // From here on this log is read to its end, also when the run goes on in another one meanwhile.
    generation = page.generation;
    for (const event of events) {
      seq = event.seq;
      yield event;
      if (event.type === "workflow.continued") [generation, seq] = [event.generation, undefined];
      if (isLast(event)) return;
    }
    const isOver = events.at(-1)?.type === "workflow.continued";
    if (more || isOver) continue;
    if (events.length === 0 && wasEnded) return;
    quiet = events.length > 0 ? 0 : quiet + 1;
    if (seq === after && quiet === 1) {
      // The event that ends the run may lie before the first one that was asked for.
      wasEnded = isEnded((await getRun(means, runId, { signal })).status);
      if (wasEnded) continue;
    }
    const growing = { firstMs: everyMs, longestMs: everyMs * SLOWEST };
    await pause(backoffMs(growing, quiet - QUICK_POLLS + 1), signal);
  }
}

/** Of the events of a workflow, its start and the end of a generation do not end it. */
function isLast({ type }: Pick<RunEvent, "type">): boolean {
  return /^workflow\.(?!started|continued)/.test(type);
}
