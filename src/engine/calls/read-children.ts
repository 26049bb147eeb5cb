/**
 * What the engine answers about the children of a run. Nothing here writes.
 *
 * RC1. The parent's log says which children there are, in the order in which they were asked for; so the
 *      page costs its own heads and a piece of one log, however many runs there are beside.
 * RC2. A page ends with its limit, or where the log that was read for it is 1 MB: it may be short or
 *      empty, and have a cursor.
 */
import { LARGEST_PAGE_BYTES, USUAL_PAGE } from "../../core/bounds.ts";
import { InvalidInputError, StoreDamagedError } from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import { checkOptions, RULES } from "../../core/option-rules.ts";
import { sizeOf } from "../../core/value.ts";
import type { RunHead } from "../../ports/store.ts";
import type { ChildQuery, RunSummary } from "../engine.ts";
import type { Services } from "../services.ts";
import { storedEvents } from "./read-events.ts";
import { headOf } from "./read-head.ts";
import { showDamaged, showSummary } from "./show-run.ts";

/** @throws RunNotFoundError; InvalidInputError for a bad limit or cursor. */
export async function listChildren(
  services: Services,
  runId: string,
  { limit = USUAL_PAGE, cursor }: ChildQuery,
): Promise<{ runs: RunSummary[]; cursor?: string }> {
  checkOptions({ limit, cursor }, { limit: RULES.limit, cursor: RULES.cursor });
  const after = placeIn(cursor);
  const parent = await headOf(services, runId);
  const { born, last } = await bornAfter(services, parent, { after, limit });
  const found = await inParallel(born, (each) => summaryOf(services, parent, each));
  const runs = found.flatMap((run) => run ?? []);
  return last === undefined ? { runs } : { runs, cursor: String(last) };
}

interface Born {
  child: string;
  workflow: string;
  command: number;
  at: number;
  /** Of the log under which it was born. */
  incarnation: string;
}

/** @returns with the place up to which the log was looked through, if it goes on with children or unread. */
async function bornAfter(
  services: Services,
  parent: RunHead,
  { after, limit }: { after: number | undefined; limit: number },
): Promise<{ born: Born[]; last?: number }> {
  const born: Born[] = [];
  let last = after;
  let left = LARGEST_PAGE_BYTES;
  // Each entry may tell of many, and how many a page needs is not known beforehand.
  for await (const { event, seq, at } of storedEvents(services, parent, { after, limit })) {
    left -= sizeOf(event);
    const isBirth = event.type === "child.started" || event.type === "child.inherited";
    const isFull = (isBirth && born.length === limit) || left < 0;
    if (isFull && last !== after) return last === undefined ? { born } : { born, last };
    if (isBirth) {
      const { child, workflow, command } = event;
      const { incarnation } = event.type === "child.inherited" ? event.born : parent;
      born.push({ child, workflow, command, at, incarnation });
    }
    last = seq;
  }
  return { born };
}

/** Nothing of one that is kept no more, or whose id a later run has. */
async function summaryOf(
  { store, clock }: Services,
  parent: RunHead,
  { child: runId, workflow, command, at, incarnation }: Born,
): Promise<RunSummary | undefined> {
  const now = clock.now();
  try {
    const head = await store.runs.get(runId, now);
    const isIt = head?.parent?.incarnation === incarnation;
    return head && isIt ? showSummary(head) : undefined;
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    const what = { runId, workflow, createdAt: at, status: "running" as const };
    const damaged = showDamaged({ ...what, damage: error.message }, now);
    return { ...damaged, parent: { runId: parent.runId, command } };
  }
}

/** The `seq` up to which the pages before have looked. */
function placeIn(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const seq = /^\d{1,16}$/.test(cursor) ? Number(cursor) : -1;
  if (RULES.seq.fits(seq)) return seq;
  throw new InvalidInputError(
    "The cursor was not made by this list. Pass the cursor of the page before, or none to start over.",
    [{ message: "was not made by this list", path: ["cursor"] }],
  );
}
