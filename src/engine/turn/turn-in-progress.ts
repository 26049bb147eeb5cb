import type { Continuation } from "../../ports/scheduler.ts";
import { awaitsItsAttempts } from "../session/awaits-attempts.ts";
import type { Session } from "../session/session.ts";

/** A turn at work, and the deliveries that repeat it meanwhile. */
export class TurnInProgress {
  readonly #task: number | undefined;
  done: Promise<void> = Promise.resolve();
  #session: Session | undefined;
  /** What repetitions asked for, as one continuation. */
  #repetition: Continuation | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #following: (() => void)[] = [];

  constructor(task: number | undefined) {
    this.#task = task;
  }

  /**
   * @param leave is called when an attempt is lost, lest others join a turn that may never end
   * @returns ends what it sets up.
   */
  watch(session: Session, leave: () => void): () => void {
    this.#session = session;
    return session.attempts.listen({
      begun: () => this.#release(),
      lost: () => {
        leave();
        this.#release();
        for (const release of this.#following.splice(0)) release();
      },
    });
  }

  /**
   * Whether a delivery only repeats this turn. A task's turn is repeated by every copy of its message.
   * While a step executes, other branches of the run may be due, or asked to stop.
   */
  includes({ timer }: Continuation): boolean {
    const session = this.#session;
    if (this.#task !== undefined || !session || session.attempts.size === 0) return true;
    return awaitsItsAttempts(session) && timer === undefined && !session.shouldAsk();
  }

  /** @returns whether it was done with this turn; if not, the delivery has to see for itself. */
  async join(continuation: Continuation): Promise<boolean> {
    // A turn that executes finds out by itself when it ends; any other may be about to leave.
    if (this.#isExecuting()) return await this.#doneBefore(this.#following);
    this.#repetition = this.#repetition ? merged(this.#repetition, continuation) : continuation;
    return await this.#doneBefore(this.#waiting);
  }

  /** @returns whether it was done before those who wait were let go. */
  async #doneBefore(waiting: (() => void)[]): Promise<boolean> {
    const released = new Promise<boolean>((resolve) => {
      waiting.push(() => resolve(false));
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
    this.#repetition = undefined;
    for (const release of this.#waiting.splice(0)) release();
  }

  #isExecuting(): boolean {
    const session = this.#session;
    if (!session) return false;
    const task = this.#task;
    return task === undefined ? awaitsItsAttempts(session) : session.attempts.has(task);
  }
}

/** What does the duties of both: each thing that a message names takes duties away, but for a timer. */
function merged(one: Continuation, other: Continuation): Continuation {
  const { runId, task } = one;
  return {
    runId,
    task,
    child: one.child ?? other.child,
    claim: one.claim === other.claim ? one.claim : undefined,
    sweep: one.sweep && other.sweep,
    timer: one.timer === undefined ? other.timer : Math.max(one.timer, other.timer ?? one.timer),
    unknownSince: one.unknownSince ?? other.unknownSince,
  };
}
