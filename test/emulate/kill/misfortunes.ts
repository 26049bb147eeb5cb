import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../../infra/emulator/emulator.ts";
import type { Random } from "../../simulation/random.ts";
import { request } from "../api-client.ts";
import type { Event } from "./plan.ts";

export interface Kills {
  kills: number;
  /** Of those: of functions that were working on something. */
  killsAtWork: number;
}

export interface Stage {
  emulator: Emulator;
  /** Resolves when the run has been started. */
  started(runId: string): Promise<void>;
  /** Ends DynamoDB Local, and starts it again after a while. */
  restartDynamo(downMs: number): Promise<void>;
  random: Random;
  tell(line: string): void;
}

/** Lets the events happen, one after the other. Resolves when every cancellation was answered too. */
export async function letHappen(events: readonly Event[], stage: Stage): Promise<Kills> {
  const cancels: Promise<unknown>[] = [];
  const kills: Kills = { kills: 0, killsAtWork: 0 };
  for (const { what, thenMs } of events) {
    stage.tell(`# ${Object.values(what).join(" ")}`);
    if (what.type === "kill") killOne(stage, kills);
    else if (what.type === "cancel") cancels.push(cancel(stage, what));
    else await interrupt(stage, what);
    if (what.type !== "cancel") await pause(thenMs);
  }
  await Promise.all(cancels);
  return kills;
}

/** One at work if there is one. */
function killOne({ emulator, random, tell }: Stage, kills: Kills): void {
  const living = emulator.instances();
  const atWork = living.filter(({ busy }) => busy);
  const [first, ...others] = atWork.length > 0 ? atWork : living;
  if (!first) return;
  const victim = random.pick([first, ...others]);
  tell(`# killed ${victim.name} ${victim.pid}${victim.busy ? " at work" : ""}`);
  kills.kills += 1;
  if (victim.busy) kills.killsAtWork += 1;
  victim.kill();
}

async function cancel(
  { emulator, started }: Stage,
  { runId, afterMs }: Extract<Event["what"], { type: "cancel" }>,
): Promise<void> {
  await started(runId);
  await pause(afterMs);
  const order = { reason: "Enough of it", requestedBy: "the plan" };
  const { status, body } = await request(emulator, "POST", `/runs/${runId}/cancel`, order);
  // The request before may have been taken and its answer lost.
  const isDone = status === 202 || (status === 409 && body["status"] === "cancelled");
  if (!isDone) throw new Error(`Cancelling ${runId}: ${status} ${JSON.stringify(body)}`);
}

async function interrupt(
  { emulator, restartDynamo, tell }: Stage,
  { type, downMs }: Exclude<Event["what"], { type: "kill" | "cancel" }>,
): Promise<void> {
  const { queueServer } = emulator;
  switch (type) {
    case "restart-dynamodb":
      await restartDynamo(downMs);
      break;
    case "close-queue":
      await queueServer.setOpen(false);
      await pause(downMs);
      await queueServer.setOpen(true);
      break;
    case "empty-queue":
      await queueServer.stop();
      await pause(downMs);
      await queueServer.start();
      await emulator.createQueues();
      break;
  }
  tell(`# ${type} is over`);
}
