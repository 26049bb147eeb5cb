/**
 * One attempt of a step, executing in this process: its timeout, its lease, and the news of a
 * cancellation. An attempt is never interrupted; it is told, and it may ask.
 */
import type { CancellationNews } from "../../authoring/context.ts";
import { type OpenShield, runInScope, type StepHost } from "../../authoring/scope.ts";
import type { PendingStep } from "../../core/commands/step.ts";
import {
  asError,
  CancellationError,
  isCancellationOf,
  PayloadTooLargeError,
  StepLostError,
  StepTimeoutError,
} from "../../core/errors.ts";
import { isEnded } from "../../core/run.ts";
import type { AttemptEnd } from "../../core/settle.ts";
import { encode, encodeError, sizeOf } from "../../core/value.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { hasPassed, pause } from "../../ports/clock.ts";
import { VALUE_LIMIT } from "../../ports/limits.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RunHead } from "../../ports/store.ts";
import { generationOf, isPast } from "../replay/generation-key.ts";
import { guard } from "../replay/rejection-guard.ts";
import type { Services } from "../services.ts";
import type { News, RunningAttempt } from "../session/running-attempts.ts";
import { holdLease, type Lease, type Unheld } from "./hold-lease.ts";

/** So much time of its function is left for the record of an attempt whose code is left behind. */
const RECORDING_MS = 2_000;

export class Attempt implements RunningAttempt {
  readonly #services: Services;
  readonly #head: RunHead;
  readonly #step: PendingStep;
  readonly #number: number;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #over = new AbortController();
  #news: CancellationError | undefined;
  #shields = 0;
  #inner = 0;
  #listening = false;
  /** It outlived its timeout, and is waited for no more. */
  #leftBehind = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    services: Services,
    head: RunHead,
    { step, number }: { step: PendingStep; number: number },
  ) {
    this.#services = services;
    this.#head = head;
    this.#step = step;
    this.#number = number;
    const { runId, workflow } = head;
    this.#logger = services.logger.child({ runId, workflow, step: step.name, attempt: number });
  }

  /**
   * Runs the step's code once. Never throws.
   * @param lost is called when the claim is held no more, although the attempt is not over.
   */
  async run(lease: Lease, lost: (why: Unheld) => void): Promise<AttemptEnd> {
    void this.#hold(lease, lost);
    try {
      const value = await this.#withTimeout(this.#call(), lease);
      return this.#returned(value);
    } catch (thrown) {
      return this.#threw(thrown, false);
    } finally {
      this.#over.abort();
    }
  }

  /** What another attempt has taken over is for nothing: the code is told so. */
  async #hold(lease: Lease, lost: (why: Unheld) => void): Promise<void> {
    const { timeoutMs } = this.#step.policy;
    const services = { ...this.#services, logger: this.#logger };
    const hold = await holdLease(services, lease, { timeoutMs, over: this.#over.signal });
    if (hold === "held") return;
    this.#abort.abort(guard(new StepLostError({ step: this.#step.name, attempt: this.#number })));
    lost(hold);
  }

  /** Passes on what the log says of the run. */
  tell({ cancellation, ended, continued }: News): void {
    if (this.#news) return;
    const over = continued === true || (ended !== undefined && isEnded(ended));
    if (!over && (!cancellation || this.#step.shielded)) return;
    const now = this.#services.clock.now();
    const { reason, requestedBy, requestedAt } = cancellation ?? {
      reason: continued
        ? "The run goes on in its next generation."
        : `The run has ended as ${ended}.`,
      requestedAt: now,
    };
    const told = {
      reason,
      requestedBy,
      requestedAt: new Date(requestedAt),
      runId: this.#head.runId,
    };
    this.#news = guard(new CancellationError(told));
    if (over || this.#shields === 0) this.#abort.abort(this.#news);
  }

  #call(): Promise<unknown> {
    const { name: step, command, shielded, call } = this.#step;
    const { runId, incarnation } = this.#head;
    // The incarnation keeps a later run with the same id apart.
    const idempotencyKey = `${runId}/${incarnation.slice(0, 8)}/${command}`;
    const host = this.#host();
    return runInScope({ kind: "step", host, shielded, step, idempotencyKey }, async () => call());
  }

  async #withTimeout(code: Promise<unknown>, lease: Lease): Promise<unknown> {
    const { timeoutMs } = this.#step.policy;
    if (timeoutMs === undefined) return await code;
    let timedOut: StepTimeoutError | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const cancel = this.#services.clock.after(timeoutMs, () => {
          timedOut = guard(new StepTimeoutError({ step: this.#step.name, timeoutMs }));
          this.#abort.abort(timedOut);
          reject(timedOut);
        });
        code.then(resolve, reject).finally(cancel);
      });
    } catch (error) {
      if (timedOut && error === timedOut) await this.#outlive(code, lease);
      throw error;
    }
  }

  /**
   * Code that goes on after its timeout is waited for, as its next attempt, or a clean-up, would
   * run beside it; but not for ever, nor for so long that its function's end leaves nothing recorded.
   */
  async #outlive(
    code: Promise<unknown>,
    { remainingMs = () => Number.POSITIVE_INFINITY }: Lease,
  ): Promise<void> {
    const { clock, settings } = this.#services;
    const waitedMs = Math.max(0, Math.min(settings.abandonAfterMs, remainingMs() - RECORDING_MS));
    const ended = new AbortController();
    const end = (): void => ended.abort();
    code.then(end, end);
    await pause(clock, waitedMs, ended.signal);
    if (ended.signal.aborted) return;
    this.#leftBehind = true;
    this.#logger.warn(
      "A step goes on although its timeout is over, so it is left behind. Have it end when its signal fires.",
      { waitedMs },
    );
  }

  #returned(value: unknown): AttemptEnd {
    const what = `The result of step "${this.#step.name}"`;
    try {
      const result = encode(value, what);
      const size = sizeOf(result);
      if (size > VALUE_LIMIT) throw new PayloadTooLargeError({ what, size, limit: VALUE_LIMIT });
      return { type: "returned", result };
    } catch (unkeepable) {
      return this.#threw(unkeepable, true);
    }
  }

  #threw(thrown: unknown, final: boolean): AttemptEnd {
    const where = `Step "${this.#step.name}"`;
    const error = asError(thrown, where);
    const cancellation = isCancellationOf(this.#head.runId, error);
    const left = this.#leftBehind && { leftBehind: true as const };
    return { type: "threw", error, encoded: encodeError(error), final, cancellation, ...left };
  }

  #host(): StepHost {
    const self = this;
    return {
      context: this.#context(),
      get signal() {
        self.#listen();
        return self.#abort.signal;
      },
      checkCancellation: (shielded) => this.#check(shielded),
      openShield: () => this.#openShield(),
      sleep: (ms) => pause(this.#services.clock, ms),
      nextInner: () => ++this.#inner,
    };
  }

  #context(): StepHost["context"] {
    const { clock, random, newId } = this.#services;
    const { runId, workflow } = this.#head;
    const attempt = this.#number;
    const self = this;
    return {
      runId,
      generation: generationOf(this.#head),
      workflow,
      attempt,
      get cancellation() {
        return self.#news && newsOf(self.#news);
      },
      now: () => new Date(clock.now()),
      random,
      uuid: newId,
      logger: this.#logger,
    };
  }

  async #check(shielded: boolean): Promise<void> {
    if (shielded) return;
    const { clock, settings } = this.#services;
    if (!this.#news && hasPassed(clock, this.#askedAt, settings.newsEveryMs)) await this.#ask();
    if (this.#news) throw this.#news;
  }

  /** Reads the head. If it cannot be read the work goes on; it is asked again at the next check. */
  async #ask(): Promise<void> {
    const before = this.#askedAt;
    this.#askedAt = this.#services.clock.now();
    try {
      const head = await this.#services.store.runs.get(this.#head.runId, this.#askedAt);
      if (head && isPast(head, this.#head)) this.tell({ continued: true });
      if (head?.incarnation !== this.#head.incarnation) return;
      this.tell({ cancellation: head.cancellation, ended: head.status });
    } catch (error) {
      this.#askedAt = before;
      this.#logger.warn("Could not read whether the run was cancelled", {
        error: loggedError(error),
      });
    }
  }

  /** A step that listens to its signal is told although it never asks. */
  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    void this.#poll();
  }

  async #poll(): Promise<void> {
    const { clock, settings } = this.#services;
    while (!this.#over.signal.aborted && !this.#abort.signal.aborted) {
      await pause(clock, settings.newsEveryMs, this.#over.signal);
      if (!this.#over.signal.aborted && !this.#news) await this.#ask();
    }
  }

  #openShield(): OpenShield {
    this.#shields += 1;
    const close = (): void => {
      this.#shields -= 1;
      if (this.#shields === 0 && this.#news) this.#abort.abort(this.#news);
    };
    return { cleanup: false, close };
  }
}

/** As plain data, like the news that workflow code gets. */
function newsOf({ reason, requestedBy, requestedAt }: CancellationError): CancellationNews {
  return {
    ...(reason !== undefined && { reason }),
    ...(requestedBy !== undefined && { requestedBy }),
    requestedAt,
  };
}
