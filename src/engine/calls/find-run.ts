import { RunNotFoundError } from "../../core/errors.ts";
import type { RunHead } from "../../ports/store.ts";
import { type Loaded, Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";

/** @returns no session if the run has ended. @throws RunNotFoundError */
export async function findRun(worker: Worker, runId: string): Promise<Loaded & { head: RunHead }> {
  const cached = worker.settings.replay === "cold" ? undefined : worker.sessions.get(runId);
  if (cached) return { head: cached.head, session: cached };
  const { head, session } = await Session.load(worker, runId);
  if (!head) throw new RunNotFoundError(runId);
  return { head, ...(session && { session }) };
}
