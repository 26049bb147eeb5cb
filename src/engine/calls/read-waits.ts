/** What live runs wait for, as their logs tell. Nothing here writes, and no code of a run is called. */
import { LARGEST_PAGE, LARGEST_PAGE_BYTES } from "../../core/bounds.ts";
import { DetentError } from "../../core/errors.ts";
import { outlineEvent } from "../../core/shown-event.ts";
import type { Waiting } from "../../core/shown-kinds.ts";
import { sizeOf } from "../../core/value.ts";
import type { RunHead } from "../../ports/store.ts";
import type { KnownWaits } from "../process/known-waits.ts";
import type { Services } from "../services.ts";
import { storedEvents } from "./read-events.ts";

/**
 * What a live run waits for. What was read of its log is kept, so that who asks again reads what is new.
 * @returns nothing if its log cannot be read, or not in one go, where who asks again reads on; or if the
 *   run has ended by now.
 */
export async function readWaits(services: Services, head: RunHead): Promise<Waiting[] | undefined> {
  const known = services.waits.of(head);
  try {
    return await known.lock.run(() => readOn(services, head, known));
  } catch (error) {
    // By its code: the store of somebody else may make the error as it likes.
    if (error instanceof DetentError && error.code === "store.damaged") return undefined;
    throw error;
  }
}

/** One megabyte at most. */
async function readOn(
  services: Services,
  head: RunHead,
  known: KnownWaits,
): Promise<Waiting[] | undefined> {
  let left = LARGEST_PAGE_BYTES;
  const query = { after: known.seq, limit: LARGEST_PAGE };
  for await (const { event, seq, at } of storedEvents(services, head, query)) {
    if (left < 0) return undefined;
    left -= sizeOf(event);
    known.waits.follow(outlineEvent(event, seq, at));
    known.seq = seq;
  }
  return known.waits.hasEnded ? undefined : known.waits.all;
}
