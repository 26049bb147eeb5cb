/** The one place from which an engine tells its observers. Nothing they do disturbs a run. */
import type { OpenCommand } from "../../core/commands/index.ts";
import type { PendingStep } from "../../core/commands/step.ts";
import type { Problem } from "../../core/run.ts";
import type { AttemptEnd } from "../../core/settle.ts";
import type { Task } from "../../core/task.ts";
import { fieldOf } from "../../core/thrown.ts";
import type { Encoded } from "../../core/value.ts";
import { loggedError, loggedWithoutMessage } from "../../platform/logged-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type {
  AttemptObserver,
  AttemptOutcome,
  ObservedAttempt,
  ObservedRun,
  Observer,
  Occurrence,
} from "../../ports/observer.ts";
import type { RunHead } from "../../ports/store.ts";
import {
  type Appended,
  describeError,
  errorOf,
  occurrencesOf,
  occurrencesOfClaim,
} from "./observations.ts";

/** An attempt as the observers see it. */
export interface WatchedAttempt {
  /** The step, with a call that they accompany. */
  step: PendingStep;
  ended(end: AttemptEnd): void;
}

interface Watching extends AttemptObserver {
  seesErrors: boolean;
}

export class Observing {
  readonly #observers: readonly Observer[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Those that have thrown something already. */
  readonly #faulty = new WeakSet<object>();

  constructor(observers: readonly Observer[], { clock, logger }: { clock: Clock; logger: Logger }) {
    this.#observers = observers;
    this.#clock = clock;
    this.#logger = logger;
  }

  happened(head: RunHead, occurrence: Occurrence): void {
    this.#tell(head, this.#clock.now(), () => [occurrence]);
  }

  problem(head: RunHead, { code, tries }: Problem): void {
    this.happened(head, { type: "run.problem", code, tries });
  }

  appended(head: RunHead, entry: Omit<Appended, "cancellation">): void {
    const { cancellation } = head;
    this.#tell(head, entry.at, () => occurrencesOf({ ...entry, cancellation }));
  }

  /** @param previous the task as it stood before this claim, if it was claimed before. */
  claimed(
    head: RunHead,
    { step, previous }: { step: OpenCommand | undefined; previous: Task | undefined },
    at: number,
  ): void {
    this.#tell(head, at, () => occurrencesOfClaim(step, previous, at));
  }

  /** A task's attempt failed, and its item says when the next one may start. */
  retrying(
    head: RunHead,
    { step: { name: step, shielded }, attempt }: { step: PendingStep; attempt: number },
    { error, retryAt }: { error: Encoded; retryAt: number },
  ): void {
    const place = { step, attempt, shielded };
    this.#tell(head, this.#clock.now(), () => [
      { type: "step.retrying", ...place, error: errorOf(error), retryAt },
    ]);
  }

  attempt(head: RunHead, step: PendingStep, attempt: number): WatchedAttempt {
    if (this.#observers.length === 0) return { step, ended() {} };
    const { name, command, shielded } = step;
    const startedAt = this.#clock.now();
    const told = { run: runOf(head), step: name, command, attempt, shielded, startedAt };
    const watching = this.#observers.flatMap((observer) => this.#watch(observer, told));
    return {
      step: { ...step, call: () => accompany(watching, step.call) },
      ended: (end) => {
        const at = this.#clock.now();
        for (const each of watching) each.ended(outcomeOf(end, at, each.seesErrors));
      },
    };
  }

  #tell(head: RunHead, at: number, happened: () => readonly Occurrence[]): void {
    if (this.#observers.length === 0) return;
    for (const occurrence of this.#guard(this, happened) ?? []) {
      const observation = { ...occurrence, run: runOf(head), at };
      for (const observer of this.#observers) {
        this.#guard(observer, () => observer.notify?.(observation));
      }
    }
  }

  /** What one observer has for an attempt: nothing, or what throws nothing. */
  #watch(observer: Observer, told: ObservedAttempt): Watching[] {
    const watch = this.#guard(observer, () => observer.attempt?.(told));
    if (!watch) return [];
    return [
      {
        seesErrors: observer.seesErrors === true,
        run: (call) => this.#guard(observer, () => watch.run(call)),
        ended: (outcome: AttemptOutcome) => this.#guard(observer, () => watch.ended(outcome)),
      },
    ];
  }

  #guard<T>(culprit: object, work: () => T): T | undefined {
    try {
      const result = work();
      // Should it be asynchronous after all, nobody else awaits it.
      if (typeof fieldOf(result, "then") === "function") {
        Promise.resolve(result).catch((error: unknown) => this.#report(culprit, error));
      }
      return result;
    } catch (error) {
      this.#report(culprit, error);
      return undefined;
    }
  }

  #report(culprit: object, thrown: unknown): void {
    if (this.#faulty.has(culprit)) return;
    this.#faulty.add(culprit);
    // It may throw on what it was shown of a step.
    const { seesErrors } = culprit as Observer;
    const error = seesErrors ? loggedWithoutMessage(thrown) : loggedError(thrown);
    this.#logger.warn("An observer failed; what more it throws is not logged", { error });
  }
}

/** Calls the code inside of all who watch it, once (O5). */
function accompany(watching: readonly Watching[], code: () => unknown): Promise<unknown> {
  let result: Promise<unknown> | undefined;
  const begin = (): Promise<unknown> => {
    result ??= (async () => code())();
    return result;
  };
  // They get no hold of the result: what the code throws is nothing that they threw.
  let inside = (): void => void begin();
  for (const { run } of watching) {
    const call = inside;
    inside = () => run(call);
  }
  inside();
  return begin();
}

function outcomeOf(end: AttemptEnd, at: number, seesErrors: boolean): AttemptOutcome {
  if (end.type === "returned") return { at, outcome: "completed" };
  const outcome = end.cancellation ? "cancelled" : "failed";
  const thrown = seesErrors ? { thrown: end.error } : {};
  return { at, outcome, error: describeError(end.error), ...thrown };
}

/** What a head holds of payloads stays behind (O3). */
function runOf(head: RunHead): ObservedRun {
  const { runId, incarnation, workflow, version, createdAt, parent } = head;
  const above = parent && { runId: parent.runId, incarnation: parent.incarnation };
  return { runId, incarnation, workflow, version, createdAt, ...(above && { parent: above }) };
}
