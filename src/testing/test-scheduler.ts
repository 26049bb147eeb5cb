import type { Clock } from "../ports/clock.ts";
import {
  type Continuation,
  MAX_DELAY_MS,
  type Message,
  type Scheduler,
} from "../ports/scheduler.ts";

interface Kept {
  continuation: Continuation;
  at: number;
}

/** Keeps messages until a test has them handed in. The message of a turn that fails is handed in again. */
export class TestScheduler implements Scheduler {
  readonly maxDelayMs = MAX_DELAY_MS;
  readonly #clock: () => Clock;
  readonly #onSend: () => void;
  #kept: Kept[] = [];

  constructor(clock: () => Clock, onSend = (): void => {}) {
    this.#clock = clock;
    this.#onSend = onSend;
  }

  async send(messages: readonly Message[]): Promise<void> {
    const now = this.#clock().now();
    for (const { continuation, delayMs = 0 } of messages) {
      this.#kept.push({ continuation: { ...continuation }, at: now + delayMs });
    }
    this.#onSend();
  }

  /** When the next message is due. */
  get nextAt(): number | undefined {
    return this.#kept.length === 0 ? undefined : Math.min(...this.#kept.map(({ at }) => at));
  }

  /** Takes the messages that are due. */
  takeDue(): Continuation[] {
    const now = this.#clock().now();
    const due = this.#kept.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    this.#kept = this.#kept.filter(({ at }) => at > now);
    return due.map(({ continuation }) => continuation);
  }
}
