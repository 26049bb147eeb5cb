import { RunNotFoundError } from "../../core/errors.ts";
import type { RunHead } from "../../ports/store.ts";
import { openSession } from "../session/open-session.ts";
import type { Loaded } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";

/** @returns no session if the run has ended. @throws RunNotFoundError */
export async function findRun(worker: Worker, runId: string): Promise<Loaded & { head: RunHead }> {
  const { head, session } = await openSession(worker, runId);
  if (!head) throw new RunNotFoundError(runId);
  return { head, ...(session && { session }) };
}
