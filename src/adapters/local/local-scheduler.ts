/**
 * A scheduler in the process of its engine: for development, tests and single servers. It keeps its
 * messages in memory; what a crash loses, the sweep sends again.
 */
import { type Duration, toMillis } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { createConsoleLogger } from "../../platform/json-logger.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { MemoryQueue } from "../../platform/memory-queue.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
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

/** Who receives the messages. */
export interface Target {
  turn(continuation: Continuation): Promise<void>;
  sweep(): Promise<unknown>;
}

export interface LocalScheduler extends Scheduler {
  /** Hands in what was sent, and calls the sweep. */
  start(target: Target): void;
  /** Hands in nothing more, and waits for the turns and the sweep in flight. */
  stop(): Promise<void>;
}

export function createLocalScheduler(options: LocalSchedulerOptions = {}): LocalScheduler {
  return new InProcess(options);
}

class InProcess implements LocalScheduler {
  readonly maxDelayMs = MAX_DELAY_MS;
  readonly returnsHere = true;
  readonly #queue: MemoryQueue;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #sweepEveryMs: number;
  #target: Target | undefined;
  #ended = false;
  #cancelSweep = (): void => {};
  #sweeping: Promise<void> = Promise.resolve();

  constructor({ concurrency = 32, sweepEvery = "5s", clock, logger }: LocalSchedulerOptions) {
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw new ConfigurationError("The option concurrency must be a whole number, 1 or more.");
    }
    this.#sweepEveryMs = Math.max(1, toMillis(sweepEvery, "sweepEvery"));
    this.#clock = clock ?? systemClock;
    this.#logger = logger ?? createConsoleLogger();
    this.#queue = new MemoryQueue({ concurrency, clock: this.#clock, logger: this.#logger });
  }

  async send(messages: readonly Message[]): Promise<void> {
    this.#queue.keep(messages);
  }

  start(target: Target): void {
    if (this.#ended) throw new ConfigurationError("This scheduler was stopped. Make a new one.");
    if (this.#target)
      throw new ConfigurationError("This scheduler is started already. Make one for each engine.");
    this.#target = target;
    this.#sweeping = this.#sweep(target);
    this.#queue.start((continuation) => target.turn(continuation));
  }

  async stop(): Promise<void> {
    this.#ended = true;
    this.#cancelSweep();
    await Promise.all([this.#queue.stop(), this.#sweeping]);
  }

  async #sweep(target: Target): Promise<void> {
    try {
      await target.sweep();
    } catch (error) {
      this.#logger.warn("A sweep failed; the next one tries again", { error: loggedError(error) });
    }
    if (this.#ended) return;
    this.#cancelSweep = this.#clock.after(this.#sweepEveryMs, () => {
      this.#sweeping = this.#sweep(target);
    });
  }
}
