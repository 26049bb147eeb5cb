/**
 * Virtual time, and everything that happens in it, one thing after the other. What an event causes
 * at once (microtasks, ticks) is over before the next one, so a seed always comes out the same.
 */
interface Due {
  at: number;
  /** Of two events due at once the one that was planned first comes first. */
  order: number;
  run: () => void;
}

export class World {
  /** Milliseconds since the epoch, by no clock in particular: each process has its own. */
  now = Date.UTC(2030, 0, 1);
  /** How many events have happened. */
  moment = 0;
  readonly began = this.now;
  readonly #heap: Due[] = [];
  readonly #trace: string[] | undefined;
  /** What somebody outside of the world is still at, such as a server. */
  readonly #outside = new Set<Promise<unknown>>();
  #planned = 0;
  /** Called after each event. */
  #look = (): void => {};

  constructor(options: { tracing: boolean }) {
    this.#trace = options.tracing ? [] : undefined;
  }

  get trace(): readonly string[] {
    return this.#trace ?? [];
  }

  after(delayMs: number, run: () => void): void {
    this.#push({ at: this.now + Math.max(0, Math.ceil(delayMs)), order: this.#planned++, run });
  }

  /** @param look is called after each event, once all that it causes at once is over. */
  watch(look: () => void): void {
    this.#look = look;
  }

  /** No time passes before it has settled. */
  await(work: Promise<unknown>): void {
    const done = (): void => void this.#outside.delete(work);
    this.#outside.add(work);
    work.then(done, done);
  }

  /** Keeps a line of what happened, if anybody will read it. */
  note(line: () => string): void {
    if (!this.#trace) return;
    const seconds = ((this.now - this.began) / 1000).toFixed(3).padStart(9);
    this.#trace.push(`${seconds} ${line()}`);
  }

  /** @returns whether it came to be before `limitMs` had passed since the world began. */
  async until(done: () => boolean, limitMs: number): Promise<boolean> {
    await this.settled();
    while (!done()) {
      const next = this.#heap[0];
      if (!next || next.at > this.began + limitMs) return false;
      this.#pop();
      this.now = Math.max(this.now, next.at);
      this.moment += 1;
      next.run();
      await this.settled();
      this.#look();
    }
    return true;
  }

  /** Resolves when all that the last event causes at once is over. */
  async settled(): Promise<void> {
    await drained();
    while (this.#outside.size > 0) {
      await Promise.allSettled(this.#outside);
      await drained();
    }
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfSooner(at, parent)) return;
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = right < heap.length && this.#isSooner(right, left) ? right : left;
      if (child >= heap.length || !this.#swapIfSooner(child, at)) return;
      at = child;
    }
  }

  #isSooner(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swapIfSooner(below: number, above: number): boolean {
    const [a, b] = [this.#heap[below], this.#heap[above]];
    if (!a || !b || !this.#isSooner(below, above)) return false;
    this.#heap[above] = a;
    this.#heap[below] = b;
    return true;
  }
}

/** Resolves when no microtask and no tick is left. */
export function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
