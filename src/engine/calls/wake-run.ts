/** What has a run go on now, instead of when the sweep would look at it. */
import {
  ContentionError,
  StoreDamagedError,
  type WorkflowNotFoundError,
} from "../../core/errors.ts";
import { isEnded } from "../../core/run.ts";
import type { RunHead } from "../../ports/store.ts";
import { sendUnheld } from "../continuations/send-unheld.ts";
import type { WakeAnswer } from "../engine.ts";
import type { Worker } from "../session/worker.ts";
import { headOf } from "./read-head.ts";

const TRIES = 3;

/** A run with a problem is tried as if for the first time. @throws RunNotFoundError, ContentionError */
export async function wakeRun(worker: Worker, runId: string): Promise<WakeAnswer> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await headOf(worker, runId);
    const { status } = head;
    if (isEnded(status)) return { runId, outcome: "already-ended", status };
    if (await makeDue(worker, head)) {
      await sendUnheld(worker, { continuation: { runId } });
      return { runId, outcome: "woken", status };
    }
  }
  throw new ContentionError(runId, TRIES);
}

/** @returns whether the head was still as it was read. */
async function makeDue({ store, clock, sessions }: Worker, head: RunHead): Promise<boolean> {
  const { problem, position, dueAt } = head;
  const change = {
    dueAt: clock.now(),
    resends: 0,
    ...(problem && { problem: { ...problem, tries: 0 } }),
  };
  const { ok } = await store.runs.patch(head, { position, change, readDueAt: dueAt });
  const session = sessions.get(head.runId);
  if (ok && session?.key.incarnation === head.incarnation)
    session.knownHead.change(position, change);
  return ok;
}

/** So far ahead may a run with a problem be due. */
const LONGEST_PAUSE_MS = 3_600_000;
/** More runs than this wait until they are due. */
const MOST_EXAMINED = 1_000;
const AT_ONCE = 25;

/** Wakes the runs that wait for a version which is known here. @returns how many. */
export async function wakeKnown(worker: Worker): Promise<number> {
  const { store, clock } = worker;
  const soon = await store.runs.listDue({
    until: clock.now() + LONGEST_PAUSE_MS,
    limit: MOST_EXAMINED,
  });
  let woken = 0;
  const runIds = [...new Set(soon.map(({ runId }) => runId))];
  for (let from = 0; from < runIds.length; from += AT_ONCE) {
    const some = runIds.slice(from, from + AT_ONCE);
    const heads = await Promise.all(some.map((runId) => headUnlessDamaged(worker, runId)));
    for (const head of heads) {
      if (!head || !waitsForKnownVersion(worker, head)) continue;
      await wakeRun(worker, head.runId);
      woken += 1;
    }
  }
  return woken;
}

/** A damaged one is the sweep's to tell of. */
async function headUnlessDamaged(
  { store, clock }: Worker,
  runId: string,
): Promise<RunHead | undefined> {
  try {
    return await store.runs.get(runId, clock.now());
  } catch (error) {
    if (error instanceof StoreDamagedError) return undefined;
    throw error;
  }
}

/** Whether the run has a problem that this engine would not have. */
export function waitsForKnownVersion({ registry }: Worker, head: RunHead): boolean {
  const { status, problem, workflow, version } = head;
  if (isEnded(status) || problem?.code !== NOT_FOUND) return false;
  return registry.find(workflow, version) !== undefined;
}

const NOT_FOUND: WorkflowNotFoundError["code"] = "workflow.notFound";
