import type { Continuation } from "../ports/scheduler.ts";
import type { Session } from "./session.ts";

/** A turn at work, and the deliveries that repeat it meanwhile. */
export class Work {
  readonly #task: number | undefined;
  done: Promise<void> = Promise.resolve();
  #session: Session | undefined;
  /** What repetitions asked for, as one continuation. */
  #repetition: Continuation | undefined;
  #waiting: (() => void)[] = [];

  constructor(task: number | undefined) {
    this.#task = task;
  }

  /** @returns ends what it sets up. */
  watch(session: Session): () => void {
    this.#session = session;
    return session.onBegin(() => this.#release());
  }

  /**
   * Whether a delivery only repeats this turn. A task's turn is repeated by every copy of its message.
   * While a step executes, other branches of the run may be due, or asked to stop.
   */
  includes({ timer }: Continuation): boolean {
    const session = this.#session;
    if (this.#task !== undefined || !session || session.attempts.size === 0) return true;
    return session.awaitsItsAttempts() && timer === undefined && !session.shouldAsk();
  }

  /** @returns whether it was done with this turn; if not, the delivery has to see for itself. */
  async join(continuation: Continuation): Promise<boolean> {
    // A turn that executes finds out by itself when it ends; any other may be about to leave.
    if (this.#isExecuting()) {
      await this.done;
      return true;
    }
    this.#repetition = this.#repetition ? merged(this.#repetition, continuation) : continuation;
    const released = new Promise<boolean>((resolve) => {
      this.#waiting.push(() => resolve(false));
    });
    return await Promise.race([this.done.then(() => true), released]);
  }

  /** What it has to look at once more before it is done. */
  takeRepetition(): Continuation | undefined {
    const repetition = this.#repetition;
    this.#repetition = undefined;
    return repetition;
  }

  /** Executing may take long: who joined before does not wait for it. */
  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#repetition = undefined;
    for (const release of waiting) release();
  }

  #isExecuting(): boolean {
    const session = this.#session;
    if (!session) return false;
    const task = this.#task;
    return task === undefined ? session.awaitsItsAttempts() : session.attempts.has(task);
  }
}

/** What does the duties of both: each thing that a message names takes duties away, but for a timer. */
function merged(one: Continuation, other: Continuation): Continuation {
  const { runId, task } = one;
  return {
    runId,
    task,
    claim: one.claim === other.claim ? one.claim : undefined,
    sweep: one.sweep && other.sweep,
    timer: one.timer === undefined ? other.timer : Math.max(one.timer, other.timer ?? one.timer),
  };
}
