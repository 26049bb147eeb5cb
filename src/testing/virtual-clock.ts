import { type Duration, toMillis } from "../core/duration.ts";
import type { Clock } from "../ports/clock.ts";

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** A clock that only moves when it is told to. */
export class VirtualClock implements Clock {
  #now: number;
  #made = 0;
  #movers = 0;
  readonly #timers = new Set<Timer>();
  readonly #between: (until: number) => Promise<number | undefined>;
  readonly #moved: () => void;

  /**
   * @param between runs what is due now, and answers the next time, up to a limit, at which
   *   something outside this clock is due.
   * @param moved is called when the time has been moved on, and stands again.
   */
  constructor(
    start: number,
    between: (until: number) => Promise<number | undefined>,
    moved = (): void => {},
  ) {
    this.#now = start;
    this.#between = between;
    this.#moved = moved;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#made++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the time on, and lets everything happen that is due on the way, in its order. */
  async advance(duration: Duration): Promise<void> {
    this.#movers += 1;
    try {
      await this.#moveTo(this.#now + toMillis(duration));
    } finally {
      this.#movers -= 1;
      this.#moved();
    }
  }

  /** Whether the time is being moved on. */
  get moving(): boolean {
    return this.#movers > 0;
  }

  async #moveTo(end: number): Promise<void> {
    for (;;) {
      const outside = await this.#between(end);
      const timer = this.#soonest(end);
      const next = Math.min(
        outside ?? Number.POSITIVE_INFINITY,
        timer?.at ?? Number.POSITIVE_INFINITY,
      );
      if (next > end) break;
      this.#now = Math.max(this.#now, next);
      if (timer && timer.at <= next) this.#fire(timer);
    }
    this.#now = end;
    await this.#between(end);
  }

  #soonest(end: number): Timer | undefined {
    let soonest: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      const sooner = !soonest || timer.at < soonest.at;
      if (sooner || (timer.at === soonest?.at && timer.order < soonest.order)) soonest = timer;
    }
    return soonest;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    timer.callback();
  }
}
