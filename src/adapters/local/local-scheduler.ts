/**
 * A scheduler in the process of its engine: for development, tests and single servers. It keeps its
 * messages in memory; what a crash loses, the sweep sends again.
 */
import { type Duration, toMillis } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { type Clock, systemClock } from "../../ports/clock.ts";
import { createConsoleLogger, type Logger } from "../../ports/logger.ts";
import {
  type Continuation,
  MAX_DELAY_MS,
  type Message,
  type Scheduler,
} from "../../ports/scheduler.ts";

export interface LocalSchedulerOptions {
  /** How many turns run at once. Default 32. */
  concurrency?: number | undefined;
  /** Default 5 s. */
  sweepEvery?: Duration | undefined;
  clock?: Clock | undefined;
  logger?: Logger | undefined;
}

/** What it delivers to. */
export interface Target {
  turn(continuation: Continuation): Promise<void>;
  sweep(): Promise<unknown>;
}

export interface LocalScheduler extends Scheduler {
  /** Delivers what was sent, and calls the sweep. */
  start(target: Target): void;
  /** Delivers nothing more, and waits for the turns in flight. */
  stop(): Promise<void>;
}

interface Delivery {
  continuation: Continuation;
  failures: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

export function createLocalScheduler(options: LocalSchedulerOptions = {}): LocalScheduler {
  return new InProcess(options);
}

class InProcess implements LocalScheduler {
  readonly maxDelayMs = MAX_DELAY_MS;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #concurrency: number;
  readonly #sweepEveryMs: number;
  readonly #ready: Delivery[] = [];
  readonly #timers = new Set<() => void>();
  readonly #inFlight = new Set<Promise<void>>();
  #target: Target | undefined;
  #ended = false;

  constructor({ concurrency = 32, sweepEvery = "5s", clock, logger }: LocalSchedulerOptions) {
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw new ConfigurationError("The option concurrency must be a whole number, 1 or more.");
    }
    this.#concurrency = concurrency;
    this.#sweepEveryMs = Math.max(1, toMillis(sweepEvery, "sweepEvery"));
    this.#clock = clock ?? systemClock;
    this.#logger = logger ?? createConsoleLogger();
  }

  async send(messages: readonly Message[]): Promise<void> {
    for (const { continuation, delayMs = 0 } of messages) {
      this.#keep({ continuation: { ...continuation }, failures: 0 }, delayMs);
    }
  }

  start(target: Target): void {
    if (this.#target)
      throw new ConfigurationError("This scheduler is started already. Make one for each engine.");
    if (this.#ended) throw new ConfigurationError("This scheduler was stopped. Make a new one.");
    this.#target = target;
    void this.#sweep();
    this.#deliver();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#ready.length = 0;
    await Promise.all(this.#inFlight);
  }

  #keep(delivery: Delivery, delayMs: number): void {
    if (this.#ended) return;
    if (delayMs > 0) {
      this.#after(delayMs, () => this.#keep(delivery, 0));
      return;
    }
    this.#ready.push(delivery);
    // Not at once: who sends has not returned yet.
    queueMicrotask(() => this.#deliver());
  }

  #after(delayMs: number, callback: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }

  #deliver(): void {
    while (this.#target && !this.#ended && this.#inFlight.size < this.#concurrency) {
      const delivery = this.#ready.shift();
      if (!delivery) return;
      this.#track(this.#attempt(this.#target, delivery));
    }
  }

  async #attempt(target: Target, { continuation, failures }: Delivery): Promise<void> {
    try {
      await target.turn(continuation);
    } catch (error) {
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      this.#logger.warn("A turn failed and is delivered again", {
        ...continuation,
        pauseMs,
        error: String(error),
      });
      this.#keep({ continuation, failures: failures + 1 }, pauseMs);
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#inFlight.delete(tracked);
      this.#deliver();
    });
    this.#inFlight.add(tracked);
  }

  async #sweep(): Promise<void> {
    if (this.#ended || !this.#target) return;
    try {
      await this.#target.sweep();
    } catch (error) {
      this.#logger.warn("A sweep failed; the next one tries again", { error: String(error) });
    }
    if (!this.#ended) this.#after(this.#sweepEveryMs, () => void this.#sweep());
  }
}
