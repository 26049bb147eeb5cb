import { type Loaded, Session } from "./session.ts";
import type { Worker } from "./worker.ts";

/** A run as it is known here, or as it is in the store. */
export async function openSession(worker: Worker, runId: string): Promise<Loaded> {
  const { sessions, settings } = worker;
  const known = settings.replay === "cold" ? undefined : sessions.get(runId);
  if (known) return { head: known.head, session: known };
  return await sessions.load(runId, () => Session.load(worker, runId));
}
