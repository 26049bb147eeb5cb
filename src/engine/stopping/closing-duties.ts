/**
 * What a run that has ended owes its children: those that are cancelled with it are, or are terminated if
 * it was.
 *
 * CD1. Its duties follow from its log, so anybody can do them, any number of times.
 * CD2. The entry that ends a run which has any has a row until they are done. Whoever ended it does them;
 *      if he died, or could not, the sweep does.
 */
import type { Entry } from "../../core/events.ts";
import { begin, fold } from "../../core/fold.ts";
import type { TerminationState } from "../../core/run-state.ts";
import { type Stop, stopsAtEnd } from "../../core/stops.ts";
import { loggedError } from "../../platform/logged-error.ts";
import type { RunHead, RunKey } from "../../ports/store.ts";
import type { TerminateAnswer } from "../engine.ts";
import { loadLog } from "../replay/load-log.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { cancelChild, findChild, forEachChild } from "./stop-children.ts";
import { type Asked, endAtOnce } from "./stop-run.ts";

/** Ends a run at once, and with it those of its family that are to end with it. */
export async function terminateFamily(
  worker: Worker,
  asked: Asked,
  why: TerminationState,
): Promise<TerminateAnswer> {
  const { answer, session } = await endAtOnce(worker, asked, why);
  if (session && answer.outcome === "terminated") await stopFamily(worker, session);
  return answer;
}

/** Does the duties of a run that has just been ended here, if it has any. What fails is the sweep's. */
export async function stopFamily(worker: Worker, session: Session): Promise<void> {
  const { key, rows, state } = session;
  if (!state.ended || !rows.has({ type: "entry", position: state.position - 1 })) return;
  try {
    await doDuties(worker, key, await session.entries());
  } catch (error) {
    worker.logger.warn("The children of an ended run could not all be stopped; the sweep does so", {
      runId: key.runId,
      error: loggedError(error),
    });
  }
}

/** Does the duties of a run that has ended. */
export async function stopFamilyOf(worker: Worker, head: RunHead): Promise<void> {
  await doDuties(worker, head, await loadLog(worker.store, head));
}

async function doDuties(worker: Worker, key: RunKey, log: readonly Entry[]): Promise<void> {
  const [start, ...entries] = log;
  const last = entries.pop();
  if (!start || !last) return;
  const before = entries.reduce(fold, begin(start));
  const stops = stopsAtEnd(before, last.events, key.runId);
  await forEachChild(stops, (stop) => stopChild(worker, key, stop));
  await worker.store.log.clearRows(key, [{ type: "entry", position: last.position }]);
}

async function stopChild(worker: Worker, parent: RunKey, stop: Stop): Promise<void> {
  if (stop.how === "cancel") return await cancelChild(worker, parent, stop);
  const found = await findChild(worker, parent, stop);
  if (found) await terminateFamily(worker, found, stop);
}
