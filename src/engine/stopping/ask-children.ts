/** How a run that goes on asks its children to stop, when its code or its own request says so. */
import { type Stop, stopsOf } from "../../core/stops.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { cancelChild, forEachChild } from "./stop-children.ts";

/** @throws the first failure; the same turn, made again, asks those that were not asked. */
export async function askChildren(worker: Worker, session: Session): Promise<void> {
  const { key, sent, state } = session;
  const stops: Stop[] = [];
  for (const stop of stopsOf(state, key.runId)) {
    if (!sent.hasAsked(stop.child.command)) stops.push(stop);
  }
  await forEachChild(stops, async (stop) => {
    await cancelChild(worker, key, stop);
    sent.addAsked(stop.child.command);
  });
}
