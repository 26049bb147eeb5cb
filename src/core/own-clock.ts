/**
 * Leases and retries that another process has stamped with a clock that is ahead of this one. Which of
 * the two is wrong nobody can tell; but what takes so long from when it was stamped is over when as much
 * time has passed here since it was seen first. So nothing is taken over while it lives, and nothing is
 * held up for as long as clocks disagree.
 */
import { isStep, type OpenCommand } from "./commands/index.ts";
import type { RunState } from "./run-state.ts";
import type { Task } from "./task.ts";

/** By this process's clock. */
export interface OwnClock {
  now: number;
  /** By how much clocks may disagree. */
  skewMs: number;
  /** When this process first saw what has this name. */
  seenSince(name: string): number;
}

interface Stamp {
  name: string;
  /** When it was written, by the clock that `until` is of. */
  from: number;
  until: number;
}

/** The state of a run whose log is ahead of this clock, with the ends of its claims and retries by this one. */
export function byOwnClock(state: RunState, own: OwnClock): RunState {
  if (state.at <= own.now + own.skewMs) return state;
  let { open } = state;
  for (const each of state.open.values()) {
    const changed = commandByOwnClock(each, own);
    if (changed !== each) open = open.with(changed);
  }
  return open === state.open ? state : { ...state, open };
}

function commandByOwnClock(open: OpenCommand, own: OwnClock): OpenCommand {
  if (!isStep(open)) return open;
  const { command, attempt, phase } = open;
  if (phase.type === "running") {
    const { claim, lease, at } = phase;
    const until = endOf({ name: `claim ${claim} ${lease}`, from: at, until: lease }, own);
    return until === lease ? open : { ...open, phase: { ...phase, lease: until } };
  }
  if (phase.type === "retrying") {
    const { retryAt, at } = phase;
    const name = `retry ${command} ${attempt} ${retryAt}`;
    const until = endOf({ name, from: at, until: retryAt }, own);
    return until === retryAt ? open : { ...open, phase: { ...phase, retryAt: until } };
  }
  return open;
}

/** The same of a task. It tells when its attempt began, which is before it was last renewed, or failed. */
export function taskByOwnClock(task: Task, own: OwnClock): Task {
  const { command, attempt, claim, lease, retryAt, startedAt } = task;
  if (startedAt === undefined || startedAt <= own.now + own.skewMs) return task;
  const stamped = (name: string, until: number): number =>
    endOf({ name: `task ${command} ${attempt} ${name} ${until}`, from: startedAt, until }, own);
  return {
    ...task,
    ...(lease !== undefined && { lease: stamped(`claim ${claim}`, lease) }),
    ...(retryAt !== undefined && { retryAt: stamped("retry", retryAt) }),
  };
}

function endOf({ name, from, until }: Stamp, { now, skewMs, seenSince }: OwnClock): number {
  if (from <= now + skewMs) return until;
  return Math.min(until, seenSince(name) + Math.max(0, until - from));
}
