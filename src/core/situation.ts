/** What a decision takes into account beside the log and its replay. */
import type { OpenStep } from "./open-command.ts";
import type { Side } from "./open-commands.ts";
import type { PendingStep } from "./outcome.ts";
import type { RunState } from "./run-state.ts";
import type { Task } from "./task.ts";

export type MayRun = "any" | "inline" | "none";

export interface Situation {
  /** When something is due or over. */
  now: number;
  /**
   * When the entry is written: never before the one before it. It is ahead of `now` where another's
   * clock was ahead by more than clocks may disagree; then each goes by its own.
   */
  at: number;
  /** By how much clocks may disagree; a lease counts as ended only this much later. */
  skewMs: number;
  /** Which step this turn may still run: `inline` ones do not need an invocation of their own. */
  mayRun: MayRun;
  newClaim(): string;
  leaseMs(step: PendingStep): number;
  gracePeriodMs: number;
  maxDurationMs: number | undefined;
  /** Tasks that can never be claimed again and that nobody executes. */
  deadTasks: ReadonlyMap<number, Task>;
}

/** Whether a command may start or go on: shielded, or nobody asked the run to stop. */
export function isFree(state: RunState, { shielded }: { shielded: boolean }): boolean {
  return shielded || !state.cancellation;
}

export function isLive(step: OpenStep, { now, skewMs, deadTasks }: Situation): boolean {
  if (step.phase.type === "scheduled") return !deadTasks.has(step.command);
  return step.phase.type === "running" && now < step.phase.lease + skewMs;
}

/** Whether any step of a run executes, as far as is known. */
export function isBusy({ open }: RunState, situation: Situation): boolean {
  return hasLive(open.unshielded, situation) || hasLive(open.shielded, situation);
}

export function hasLive(side: Side, situation: Situation): boolean {
  for (const claim of side.claims()) if (isLive(claim, situation)) return true;
  for (const task of side.tasks()) if (isLive(task, situation)) return true;
  return false;
}
