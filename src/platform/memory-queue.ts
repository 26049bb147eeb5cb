/** Messages kept in the memory of this process, for schedulers that have no queue to keep them. */

import { AsyncResource } from "node:async_hooks";
import { backoffMs, jittered } from "../core/backoff.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Continuation, Message } from "../ports/scheduler.ts";
import { inNextRound, nextRound } from "./event-loop.ts";
import { createConsoleLogger } from "./json-logger.ts";
import { loggedError } from "./logged-error.ts";
import { systemClock } from "./system-clock.ts";

export interface MemoryQueueOptions {
  /** How many are under way at once. */
  concurrency: number;
  clock?: Clock | undefined;
  logger?: Logger | undefined;
  /** From 0 to 1, for jitter. Default `Math.random`. */
  random?: (() => number) | undefined;
}

/** Receives one message; throws if it has to come again. */
export type Receive = (continuation: Continuation) => Promise<void>;

interface Kept {
  continuation: Continuation;
  failures: number;
}

const BACKOFF = { firstMs: 100, longestMs: 30_000 };
/** Turns on a store in memory await nothing but promises: so many may begin in one round. */
const MOST_A_ROUND = 32;
/** How many places of messages that were handed in are kept at most. */
const MOST_TAKEN = 1_000;

/**
 * Hands in each message once it is due, and again, with growing pauses, when that fails. However many
 * are due, timers, sockets and everybody else in the process have their turn between them.
 */
export class MemoryQueue {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #concurrency: number;
  /** What is due, from `#taken` on. */
  readonly #ready: Kept[] = [];
  #taken = 0;
  /** How many were handed in in this round of the event loop. */
  #begun = 0;
  #going = false;
  readonly #timers = new Set<() => void>();
  readonly #inFlight = new Set<Promise<void>>();
  #receive: Receive | undefined;
  #ended = false;

  constructor({ concurrency, clock, logger, random }: MemoryQueueOptions) {
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

  /** What was kept before is handed in too. */
  start(receive: Receive): void {
    // A turn must not see the async context of whoever sent its message, nor keep it alive.
    const outside = AsyncResource.bind(receive);
    this.#receive = outside;
    this.#go();
  }

  /** Resolves when nothing is under way, nor due: what waits for its time does not count. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0 || (this.#receive && this.#ready.length > this.#taken)) {
      await nextRound(); // What is due starts then at the latest.
      await Promise.all(this.#inFlight);
    }
  }

  /** Hands in nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#ended = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#ready.length = 0;
    this.#taken = 0;
    await Promise.all(this.#inFlight);
  }

  #keep(kept: Kept, delayMs: number): void {
    if (this.#ended) return;
    if (delayMs > 0) {
      const cancel = this.#clock.after(delayMs, () => {
        this.#timers.delete(cancel);
        this.#keep(kept, 0);
      });
      this.#timers.add(cancel);
      return;
    }
    this.#ready.push(kept);
    if (this.#going) return;
    this.#going = true;
    // Not at once: who sends has not returned yet.
    queueMicrotask(() => {
      this.#going = false;
      this.#go();
    });
  }

  #go(): void {
    while (this.#receive && !this.#ended && this.#inFlight.size < this.#concurrency) {
      if (this.#ready.length === this.#taken || !this.#mayBegin()) return;
      const kept = this.#take();
      if (kept) this.#track(this.#attempt(this.#receive, kept));
    }
  }

  #mayBegin(): boolean {
    if (this.#begun === 0) {
      inNextRound(() => {
        this.#begun = 0;
        this.#go();
      });
    }
    if (this.#begun >= MOST_A_ROUND) return false;
    this.#begun += 1;
    return true;
  }

  /** Not by `shift`, which moves all that wait. */
  #take(): Kept | undefined {
    const kept = this.#ready[this.#taken];
    this.#taken += 1;
    if (this.#taken >= MOST_TAKEN || this.#taken === this.#ready.length) {
      this.#ready.splice(0, this.#taken);
      this.#taken = 0;
    }
    return kept;
  }

  async #attempt(receive: Receive, { continuation, failures }: Kept): Promise<void> {
    try {
      await receive(continuation);
    } catch (error) {
      const longestMs = backoffMs(BACKOFF, failures + 1);
      const pauseMs = Math.ceil(jittered(longestMs, this.#random(), 0.5));
      this.#logger.warn("A turn failed and is delivered again", {
        ...continuation,
        pauseMs,
        error: loggedError(error),
      });
      this.#keep({ continuation, failures: failures + 1 }, pauseMs);
    }
  }

  #track(attempt: Promise<void>): void {
    const tracked = attempt.finally(() => {
      this.#inFlight.delete(tracked);
      this.#go();
    });
    this.#inFlight.add(tracked);
  }
}
