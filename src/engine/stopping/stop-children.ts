/**
 * How a run stops its children.
 *
 * SC1. A child is asked by an append to its own log, so it is asked once that has answered, and need not
 *      be asked again: not by this process, and by others only as often as they come to look.
 * SC2. One that cannot be asked keeps no other from it; whoever asked learns of it then.
 */

import { inParallel } from "../../core/in-parallel.ts";
import type { Stop } from "../../core/stops.ts";
import type { RunHead, RunKey } from "../../ports/store.ts";
import { openSession } from "../session/open-session.ts";
import type { Worker } from "../session/worker.ts";
import { type Asked, askToStop } from "./stop-run.ts";

/** Does something for each of them, and throws the first failure when all have had their turn (SC2). */
export async function forEachChild(
  stops: readonly Stop[],
  work: (stop: Stop) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  await inParallel(stops, async (stop) => {
    try {
      await work(stop);
    } catch (error) {
      failures.push(error);
    }
  });
  const [failure] = failures;
  if (failure !== undefined) throw failure;
}

export async function cancelChild(worker: Worker, parent: RunKey, stop: Stop): Promise<void> {
  const found = await findChild(worker, parent, stop);
  if (!found) return;
  const { reason, requestedBy } = stop;
  const { gracePeriodMs } = worker.settings;
  await askToStop(worker, found, { reason, requestedBy, gracePeriodMs });
}

/** Nothing if it has ended so long ago that another run may have its id. */
export async function findChild(
  worker: Worker,
  parent: RunKey,
  { child }: Stop,
): Promise<Asked | undefined> {
  const { head, session } = await openSession(worker, child.child);
  return head &&
    isChildOf(head, child.born ?? { incarnation: parent.incarnation, command: child.command })
    ? { head, session }
    : undefined;
}

function isChildOf({ parent: link }: RunHead, born: NonNullable<Stop["child"]["born"]>): boolean {
  return link?.incarnation === born.incarnation && link.command === born.command;
}
