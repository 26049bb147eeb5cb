/**
 * The world as a schedule sees it: who waits for what, who goes on by himself, and what time it is.
 *
 * ST1. Between two moves everything has settled, so what a move causes depends on the state alone.
 * ST2. Whoever is at work goes on until he waits for a time, a step's code or somebody else. To have
 *      another go on before that is a preemption.
 * ST3. Time stands while anybody can go on; that it passes all the same is a preemption as well.
 */
import type { Fate } from "../simulation/process.ts";
import { World } from "../simulation/world.ts";
import type { Pending, StagedProcess } from "./staged-process.ts";
import { inThread, Thread } from "./threads.ts";

/** Nothing that happens later than this is waited for: what is left of a process's timers by then is housekeeping. */
export const LONGEST_MS = 24 * 3_600_000;

export class Stage extends World {
  readonly #pending = new Set<Pending>();
  /** Who was at work last. */
  current: Thread | undefined;

  propose(pending: Pending): void {
    this.#pending.add(pending);
  }

  withdraw(pending: Pending): void {
    this.#pending.delete(pending);
  }

  /** What may happen now, those first who waited first. */
  get ready(): Pending[] {
    return [...this.#pending].filter(({ at }) => at <= this.now);
  }

  /** When something is ready that is not yet. */
  get nextTime(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#pending) if (at > this.now && at < next) next = at;
    return next;
  }

  /** Whether anything is waited for in this process, or in any. */
  isAtWork(process?: StagedProcess): boolean {
    const soon = this.now + LONGEST_MS;
    for (const { at, thread } of this.#pending) {
      if (at < soon && (!process || thread.process === process)) return true;
    }
    return false;
  }

  /** Whether a call or a step is yet to be heard of, or a timer rings. */
  get isCalling(): boolean {
    return [...this.#pending].some(({ kind, at }) => kind !== "timer" || at <= this.now);
  }

  async let(pending: Pending, fate: Fate): Promise<void> {
    const { thread, kind } = pending;
    thread.isBetweenCalls = kind === "call";
    const { process } = thread;
    if (process.stalled) this.note(() => `${process.name} goes on`);
    process.stalled = false;
    this.current = thread;
    this.#pending.delete(pending);
    await pending.happen(fate);
  }

  /** Somebody begins with something. */
  begin(process: StagedProcess, what: string, work: (thread: Thread) => Promise<unknown>): Thread {
    const thread = new Thread(process, what);
    process.learn(`${thread.number} begins ${what}`);
    this.current = thread;
    inThread(thread, () => work(thread));
    return thread;
  }

  /** Nothing of what it waits for ever comes. */
  kill(process: StagedProcess): void {
    process.die("for no reason");
    for (const pending of this.#pending) {
      if (pending.thread.process === process) this.#pending.delete(pending);
    }
  }

  halt(process: StagedProcess): void {
    this.note(() => `${process.name} stands still`);
    process.stalled = true;
  }

  passTo(time: number): void {
    this.now = Math.max(this.now, time);
  }
}
