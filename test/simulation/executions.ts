/** What the store granted and what executed, and which of it others have to wait for. */
import type { Process } from "./process.ts";

/** One attempt of a step, as the store granted it. */
export interface Claim {
  id: string;
  command: number;
  attempt: number;
  process: Process;
  /** Whether it is in a task's item and not in the log. */
  asTask: boolean;
  moment: number;
  /** By the clock of who claimed it. */
  claimedAt: number;
  lease: number;
  /** It was recorded how the attempt ended. */
  ended: boolean;
  /** It was recorded that its code was left behind while it still executed. */
  leftBehind: boolean;
  /** Its lease was over before it was renewed: somebody may have seen that, and acted on it. */
  lapsed: boolean;
}

/** One attempt of a step, as its own code saw it. */
export interface Execution {
  command: number;
  attempt: number;
  name: string;
  process: Process;
  moment: number;
  /** When its code began and ended, in the world's time. */
  began: number;
  over: number | undefined;
}

/** How long the engines of the fleet wait for code that outlives its timeout. */
const ABANDON_AFTER_MS = 5_000;

/** Whether it executes, under a claim that lasted longer than `at`, and was not left behind. */
export function isGoingOn(
  { began, over, process }: Execution,
  claim: Claim | undefined,
  { at, now }: { at: number; now: number },
): boolean {
  if (over !== undefined || !process.alive || !claim) return false;
  if (claim.lapsed || claim.lease <= at) return false;
  return !claim.leftBehind || now - began < ABANDON_AFTER_MS;
}
