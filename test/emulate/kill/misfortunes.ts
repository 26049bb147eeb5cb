import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../../infra/emulator/emulator.ts";
import type { Random } from "../../simulation/random.ts";
import type { Misfortune, Outage } from "./plan.ts";

export interface Kills {
  kills: number;
  /** Of those: of functions that were working on something. */
  killsAtWork: number;
}

export interface Stage {
  emulator: Emulator;
  /** From 0 to 1: how much of its work the fleet has done. */
  progress(): number;
  /** Whether no run is left. */
  isOver(): boolean;
  /** Ends DynamoDB Local, and starts it again after a while. */
  restartDynamo(downMs: number): Promise<void>;
  random: Random;
  tell(line: string): void;
}

const LOOK_EVERY_MS = 50;
/** Work may stand still until the next misfortune has come. */
const LONGEST_QUIET_MS = 5_000;
/** The last of it is left in peace. */
const LAST_AT = 0.9;

/** Lets them happen one after the other, as evenly over the fleet's work as they are many. */
export async function letHappen(misfortunes: readonly Misfortune[], stage: Stage): Promise<Kills> {
  const kills: Kills = { kills: 0, killsAtWork: 0 };
  for (const [index, misfortune] of misfortunes.entries()) {
    await untilProgress(stage, (LAST_AT * (index + stage.random.next())) / misfortunes.length);
    if (stage.isOver()) break;
    stage.tell(`# ${Object.values(misfortune).join(" ")}`);
    if (misfortune.type === "kill") await killOne(stage, kills);
    else await interrupt(stage, misfortune);
  }
  return kills;
}

async function untilProgress({ progress, isOver }: Stage, wanted: number): Promise<void> {
  const giveUpAt = Date.now() + LONGEST_QUIET_MS;
  while (progress() < wanted && !isOver() && Date.now() < giveUpAt) await pause(LOOK_EVERY_MS);
}

/** One at work, unless none is for a while. */
async function killOne(stage: Stage, kills: Kills): Promise<void> {
  const { emulator, random, tell } = stage;
  const atWork = () => emulator.instances().filter(({ busy }) => busy);
  const giveUpAt = Date.now() + LONGEST_QUIET_MS;
  while (atWork().length === 0 && !stage.isOver() && Date.now() < giveUpAt) await pause(5);
  const busy = atWork();
  const [first, ...others] = busy.length > 0 ? busy : emulator.instances();
  if (!first) return;
  const victim = random.pick([first, ...others]);
  tell(`# killed ${victim.name} ${victim.pid}${victim.busy ? " at work" : ""}`);
  kills.kills += 1;
  if (victim.busy) kills.killsAtWork += 1;
  victim.kill();
}

async function interrupt(
  { emulator, restartDynamo, tell }: Stage,
  { type, downMs }: Outage,
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
