/** Messages kept in the memory of this process, for schedulers that have no queue to keep them. */
import { AsyncResource } from "node:async_hooks";
import { type Clock, systemClock } from "./clock.ts";
import { loggedError } from "./logged-error.ts";
import { createConsoleLogger, type Logger } from "./logger.ts";
import type { Continuation, Message } from "./scheduler.ts";

export interface DeliveriesOptions {
  /** How many are under way at once. */
  concurrency: number;
  clock?: Clock | undefined;
  logger?: Logger | undefined;
  /** From 0 to 1, for jitter. Default `Math.random`. */
  random?: (() => number) | undefined;
}

/** Delivers one; throws if it has to be delivered again. */
export type Deliver = (continuation: Continuation) => Promise<void>;

interface Delivery {
  continuation: Continuation;
  failures: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** Delivers each message once it is due, and again, with growing pauses, when that fails. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #concurrency: number;
  readonly #ready: Delivery[] = [];
  readonly #timers = new Set<() => void>();
  readonly #inFlight = new Set<Promise<void>>();
  #deliver: Deliver | undefined;
  #ended = false;

  constructor({ concurrency, clock, logger, random }: DeliveriesOptions) {
    this.#concurrency = concurrency;
    this.#clock = clock ?? systemClock;
    this.#logger = logger ?? createConsoleLogger();
    this.#random = random ?? Math.random;
  }

  keep(messages: readonly Message[]): void {
    for (const { continuation, delayMs = 0 } of messages) {
      this.#keep({ continuation: { ...continuation }, failures: 0 }, delayMs);
    }
  }

  /** What was kept before is delivered too. */
  start(deliver: Deliver): void {
    // A turn must not see the async context of whoever sent its message, nor keep it alive.
    const outside = AsyncResource.bind(deliver);
    this.#deliver = outside;
    this.#go();
  }

  /** Resolves when nothing is under way, nor due: what waits for its time does not count. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0 || (this.#deliver && this.#ready.length > 0)) {
      await Promise.resolve(); // What became due starts a moment later.
      await Promise.all(this.#inFlight);
    }
  }

  /** Delivers nothing more, and waits for what is under way. */
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
      const cancel = this.#clock.after(delayMs, () => {
        this.#timers.delete(cancel);
        this.#keep(delivery, 0);
      });
      this.#timers.add(cancel);
      return;
    }
    this.#ready.push(delivery);
    // Not at once: who sends has not returned yet.
    queueMicrotask(() => this.#go());
  }

  #go(): void {
    while (this.#deliver && !this.#ended && this.#inFlight.size < this.#concurrency) {
      const delivery = this.#ready.shift();
      if (!delivery) return;
      this.#track(this.#attempt(this.#deliver, delivery));
    }
  }

  async #attempt(deliver: Deliver, { continuation, failures }: Delivery): Promise<void> {
    try {
      await deliver(continuation);
    } catch (error) {
      const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      const pauseMs = Math.ceil((longestMs * (1 + this.#random())) / 2);
      this.#logger.warn("A turn failed and is delivered again", {
        ...continuation,
        pauseMs,
        error: loggedError(error),
      });
      this.#keep({ continuation, failures: failures + 1 }, pauseMs);
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#inFlight.delete(tracked);
      this.#go();
    });
    this.#inFlight.add(tracked);
  }
}
