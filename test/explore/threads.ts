/** Who does something: a delivery, a caller's request, a sweep. Each call to the outside is of one. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { StagedProcess } from "./staged-process.ts";

export class Thread {
  readonly process: StagedProcess;
  readonly what: string;
  /** Unique in its process. */
  readonly number: number;
  over = false;
  /** Its last move was a call, and it is about to make another. */
  isBetweenCalls = false;

  constructor(process: StagedProcess, what: string) {
    this.process = process;
    this.what = what;
    this.number = process.begin();
  }

  toString(): string {
    return `${this.what} in ${this.process.name}`;
  }
}

const threads = new AsyncLocalStorage<Thread>();

/** @throws Error where nobody does it: that could not be told from what others do. */
export function currentThread(): Thread {
  const thread = threads.getStore();
  if (!thread) throw new Error("Nobody is at this.");
  return thread;
}

/** What it begins is done by this thread, until it has settled. */
export function inThread(thread: Thread, work: () => Promise<unknown>): void {
  const done = (): void => {
    thread.over = true;
  };
  threads.run(thread, () => void work().then(done, done));
}
