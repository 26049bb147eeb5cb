/** What a decision takes into account beside the log and its replay. */
import type { Birth, Moment } from "./commands/command.ts";
import { kindOf } from "./commands/index.ts";
import type { PendingStep } from "./commands/step.ts";
import type { Side } from "./open-commands.ts";
import { isHeldBack, type RunState } from "./run-state.ts";
import type { Encoded } from "./value.ts";

/** Whether a `continueAsNew` can be done. */
export interface Successor {
  command: number;
  /** Why it cannot: an error. */
  refusal?: Encoded | undefined;
}

export type MayRun = "any" | "inline" | "none";

/** `now` is when something is due or over. */
export interface Situation extends Moment {
  /**
   * The time of the entry, which is never before that of the entry before it. It is ahead of `now`
   * if the clock of another process was further ahead than clocks may disagree; then each process
   * goes by its own.
   */
  at: number;
  /** The step that this turn may still run: an `inline` step needs no invocation of its own. */
  mayRun: MayRun;
  newClaim(): string;
  leaseMs(step: PendingStep): number;
  gracePeriodMs: number;
  maxDurationMs: number | undefined;
  /** How many events the log may have. */
  eventLimit: number;
  /** Whether the children that the code asks for can be born, as far as that was found out. */
  births: ReadonlyMap<number, Birth>;
  /** Which log of its run this is, from 1. */
  generation: number;
  /** What was found out of the log that the code wants its run to go on in. */
  successor?: Successor | undefined;
}

/** Whether a command may start or go on: shielded, or nobody asked the run to stop or to rest. */
export function isFree(state: RunState, { shielded }: { shielded: boolean }): boolean {
  return shielded || !isHeldBack(state);
}

/** Whether the code still waits for what comes from outside: a run that rests does. */
export function isAwaited(state: RunState, { shielded }: { shielded: boolean }): boolean {
  return shielded || !state.cancellation;
}

/** Whether any step of a run executes, as far as is known. */
export function isBusy({ open }: RunState, situation: Situation): boolean {
  return hasLive(open.unshielded, situation) || hasLive(open.shielded, situation);
}

export function hasLive(side: Side, situation: Situation): boolean {
  for (const open of side.executing()) if (kindOf(open).isLive(open, situation)) return true;
  return false;
}
