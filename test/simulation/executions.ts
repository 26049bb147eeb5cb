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

/** Whether its holder may be executing, and by its clock may do so still. */
export function isHeld({ ended, leftBehind, lapsed, lease, process }: Claim): boolean {
  return !ended && !leftBehind && !lapsed && process.clock.now() < lease;
}

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

export function claimOf(
  claims: readonly Claim[],
  { command, attempt }: Pick<Claim, "command" | "attempt">,
): Claim | undefined {
  return claims.find((each) => each.command === command && each.attempt === attempt);
}

/** What executes under the last claim of its step, one that lasted longer than `at`. */
export function executing(
  { claims, executions }: { claims: readonly Claim[]; executions: readonly Execution[] },
  times: { at: number; now: number },
): (Execution & { claim: Claim })[] {
  return executions.flatMap((execution) => {
    const { command, attempt } = execution;
    const claim = claimOf(claims, execution);
    if (!claim || !isGoingOn(execution, claim, times)) return [];
    const later = claims.some((each) => each.command === command && each.attempt > attempt);
    return later ? [] : [{ ...execution, claim }];
  });
}
