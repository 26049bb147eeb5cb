import { type Loaded, Session } from "./session.ts";
import type { Worker } from "./worker.ts";

/** A run as it is known here, or as it is in the store. */
export async function knownRun(worker: Worker, runId: string): Promise<Loaded> {
  const cached = worker.settings.replay === "cold" ? undefined : worker.sessions.get(runId);
  return cached ? { head: cached.head, session: cached } : await Session.load(worker, runId);
}
