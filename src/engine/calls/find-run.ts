import { RunNotFoundError } from "../../core/errors.ts";
import type { RunHead } from "../../ports/store.ts";
import { knownRun } from "../session/known-run.ts";
import type { Loaded } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";

/** @returns no session if the run has ended. @throws RunNotFoundError */
export async function findRun(worker: Worker, runId: string): Promise<Loaded & { head: RunHead }> {
  const { head, session } = await knownRun(worker, runId);
  if (!head) throw new RunNotFoundError(runId);
  return { head, ...(session && { session }) };
}
