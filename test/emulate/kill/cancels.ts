import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../../infra/emulator/emulator.ts";
import { request } from "../api-client.ts";
import type { PlannedCancel } from "./plan.ts";

const ORDER = { reason: "Enough of it", requestedBy: "the plan" };

/** How often a cancellation was answered so. */
export interface Answers {
  requested: number;
  alreadyRequested: number;
  alreadyEnded: number;
}

/**
 * Cancels a run as it was planned.
 * @param effects resolves when the run's steps have had so many.
 */
export async function cancel(
  emulator: Emulator,
  runId: string,
  { afterEffects, afterMs, againAfterMs }: PlannedCancel,
  {
    effects,
    answers,
  }: { effects(runId: string, atLeast: number): Promise<void>; answers: Answers },
): Promise<void> {
  await effects(runId, afterEffects);
  await pause(afterMs);
  await ask(emulator, runId, answers);
  if (againAfterMs === undefined) return;
  await pause(againAfterMs);
  await ask(emulator, runId, answers);
}

async function ask(emulator: Emulator, runId: string, answers: Answers): Promise<void> {
  const { status, body } = await request(emulator, "POST", `/runs/${runId}/cancel`, ORDER);
  if (status === 409) answers.alreadyEnded += 1;
  else if (body["outcome"] === "requested") answers.requested += 1;
  else if (body["outcome"] === "already-requested") answers.alreadyRequested += 1;
  else throw new Error(`Cancelling ${runId}: ${status} ${JSON.stringify(body)}`);
}
