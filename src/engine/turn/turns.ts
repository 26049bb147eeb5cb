/**
 * The turns at work in this process. A delivery that only repeats one of them joins it, without any
 * I/O; one that may bring news while a step executes is worked on beside it.
 */
import type { PendingStep } from "../../core/commands/step.ts";
import { StoreDamagedError } from "../../core/errors.ts";
import { loggedError } from "../../platform/logged-error.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import { reportProblem } from "../commit/report-given-up.ts";
import type { TurnOptions } from "../engine.ts";
import { openSession } from "../session/open-session.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";
import { advance, type Delivery } from "./advance.ts";
import { clearEndMark } from "./collect-ends.ts";
import { reportLateFault } from "./late-fault.ts";
import { runTask } from "./run-task.ts";
import { TurnInProgress } from "./turn-in-progress.ts";

export class Turns {
  readonly #worker: Worker;
  readonly #atWork = new Map<string, TurnInProgress>();

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  async turn(continuation: Continuation, options: TurnOptions = {}): Promise<void> {
    const { runId, task } = continuation;
    const name = JSON.stringify([runId, task]);
    const same = this.#atWork.get(name);
    if (same?.includes(continuation)) {
      if (await same.join(continuation)) return;
      return await this.turn(continuation, options);
    }
    const work = new TurnInProgress(task);
    if (!same) this.#atWork.set(name, work);
    const leave = (): void => {
      if (this.#atWork.get(name) === work) this.#atWork.delete(name);
    };
    const leaseMs = (step: PendingStep): number => this.#leaseMs(step, options);
    const worker = this.#worker;
    const working = this.#work(work, { worker, continuation, leaseMs, options }, leave);
    work.done = this.#mended(runId, working).finally(leave);
    await work.done;
  }

  /** No delivery mends what is damaged: the run says what is wrong, and the message is done with. */
  async #mended(runId: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      await reportProblem(this.#worker, runId, { thrown: error });
    }
  }

  /** @param leave is called in the same moment in which it is decided not to look again. */
  async #work(work: TurnInProgress, delivery: Delivery, leave: () => void): Promise<void> {
    const { continuation } = delivery;
    const { runId } = continuation;
    const { head, session } = await openSession(this.#worker, runId);
    if (!head) {
      this.#worker.logger.warn("A continuation names a run that does not exist", { runId });
    }
    if (!session) return await clearEndMark(this.#worker, head, continuation);
    session.whenFaulty(() => void this.#lateFault(session));
    const stop = work.watch(session, leave);
    try {
      await session.use(async () => {
        let next: Continuation | undefined = continuation;
        for (; next; next = work.takeRepetition()) {
          await this.#deliver(session, { ...delivery, continuation: next });
        }
        leave();
      });
    } catch (error) {
      if (!session.gone) throw error;
    } finally {
      stop();
    }
    if (!session.gone) return;
    session.retired = true;
    await this.#work(work, delivery, leave);
  }

  async #deliver(session: Session, delivery: Delivery): Promise<void> {
    const task = delivery.continuation.task ?? (await advance(session, delivery));
    if (task !== undefined) await runTask(session, task, delivery);
  }

  async #lateFault(session: Session): Promise<void> {
    try {
      await session.use(() => reportLateFault(session));
    } catch (error) {
      // Its run goes on in another log.
      if (session.gone) return;
      const { runId } = session.key;
      this.#worker.logger.warn("A fault of a run could not be recorded; its next turn finds it", {
        runId,
        error: loggedError(error),
      });
    }
  }

  #leaseMs({ policy }: PendingStep, { remainingMs }: TurnOptions): number {
    return remainingMs?.() ?? policy.timeoutMs ?? this.#worker.settings.leaseMs;
  }
}
