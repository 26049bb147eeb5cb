/** What an engine offers: the public contract, as types. `createEngine` makes one. */
import type { AnyWorkflow, InputOf, OutputOf, Workflow } from "../authoring/workflow.ts";
import type { Duration } from "../core/duration.ts";
import type { ErrorSummary } from "../core/error-summary.ts";
import type { CleanupRecord, Problem, RunStatus } from "../core/run.ts";
import type { RunEvent } from "../core/shown-event.ts";
import type { Continuation } from "../ports/scheduler.ts";

export type { RunEvent, RunEventOf } from "../core/shown-event.ts";

export interface StartOptions {
  /** Chosen by the caller; starting the same run again answers the run that exists. */
  runId?: string | undefined;
  /** Within one workflow, the same key starts one run. */
  idempotencyKey?: string | undefined;
  tags?: readonly string[] | undefined;
  startAt?: Date | undefined;
}

export interface RunHandle<Out> {
  readonly runId: string;
  readonly status: RunStatus;
  /** Whether the run had been started before by the same key or id. */
  readonly existing: boolean;
  /** The output; throws the run's error, or `TimeoutError`. */
  result(options?: WaitOptions): Promise<Out>;
  cancel(options?: CancelOptions): Promise<CancelAnswer>;
}

export interface WaitOptions {
  timeout?: Duration | undefined;
}

export interface CancelOptions {
  reason?: string | undefined;
  requestedBy?: string | undefined;
  /** Wait until the run has ended. */
  wait?: boolean | undefined;
  /** How long to wait; default 30 s. */
  timeout?: Duration | undefined;
  /** How long clean-up may take, from the delivery on. What executes before is let finish. */
  gracePeriod?: Duration | undefined;
}

export interface TerminateOptions {
  reason?: string | undefined;
  requestedBy?: string | undefined;
}

export interface CancelAnswer {
  runId: string;
  outcome: "requested" | "already-requested" | "already-ended";
  status: RunStatus;
}

export interface TerminateAnswer {
  runId: string;
  outcome: "terminated" | "already-ended";
  status: RunStatus;
}

export interface WakeAnswer {
  runId: string;
  outcome: "woken" | "already-ended";
  status: RunStatus;
}

export interface ResumeOptions {
  /** The same delivery again, by the same id, changes nothing and is answered as the first time. */
  deliveryId?: string | undefined;
}

export interface ResumeAnswer {
  /** The run that the hook is of. */
  runId: string;
}

/** A hook that takes a payload now. */
export interface OpenHook {
  /** Its name. */
  hook: string;
  /** Its place in the order in which the code asked for things. */
  command: number;
  /** Whoever has it may answer. */
  token: string;
  createdAt: Date;
  expiresAt?: Date;
  /** What a payload must be, as JSON Schema, if the hook's own schema tells one in short. */
  schema?: Record<string, unknown>;
}

export interface Cancellation {
  reason?: string;
  requestedBy?: string;
  requestedAt: Date;
  deliveredAt?: Date;
  /** Where it landed, such as `step ship` or `sleep`. */
  checkpoint?: string;
  /** When clean-up must have ended; then the run is terminated. Known from the delivery on. */
  deadline?: Date;
  cleanup?: CleanupRecord;
  /** The code ended by itself after the request, without meeting a checkpoint. */
  tooLate?: boolean;
  swallowed?: boolean;
}

/** Who ended the run at once, when and why. */
export interface Termination {
  reason?: string;
  /** `detent` itself when the grace period ended, or when the code swallowed its cancellation in a loop. */
  requestedBy?: string;
  at: Date;
}

/** A run's record. */
export interface Run extends RunSummary {
  input: unknown;
  output?: unknown;
  /**
   * What a run that goes on waits for, and since when: `step "charge", attempt 3 since …`. Left out
   * where its log is too long to be read for that at once.
   */
  waitingFor?: string;
  /** How many events the log of a run that goes on may have, as its workflow says here. */
  eventLimit?: number;
}

/** A run as a list shows it: without input and output, and of its error only what it says in short. */
export interface RunSummary {
  runId: string;
  workflow: string;
  version: string;
  status: RunStatus;
  error?: ErrorSummary;
  createdAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  tags: string[];
  termination?: Termination;
  cancellation?: Cancellation;
  problem?: { code: string; message: string; at: Date; tries: number };
}

/** How a run ended: its output, or the error that `result` throws. */
export interface RunEnd {
  runId: string;
  status: RunStatus;
  output?: unknown;
  error?: unknown;
}

export interface RunQuery {
  status?: RunStatus | undefined;
  /** Only runs that have ended, or only such as go on. */
  ended?: boolean | undefined;
  workflow?: string | undefined;
  version?: string | undefined;
  tag?: string | undefined;
  /** Only runs that something keeps from going on, or only others. */
  problem?: boolean | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** 1 to 1000, default 50. */
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface EventQuery {
  /** A `seq`: what follows it is answered. */
  after?: number | undefined;
  /** 1 to 1000, default 1000. A page also ends at 1 MB. */
  limit?: number | undefined;
}

export interface EventPage {
  events: RunEvent[];
  /** There is more after the last of these. */
  more?: true;
}

/**
 * The arguments of a start: the input may be left out only where the workflow takes none. Of an
 * engine whose workflows are not known to the types (`never`), anything may be started.
 */
export type StartArguments<In, Options = StartOptions> = [In] extends [never]
  ? [input?: unknown, options?: Options]
  : undefined extends In
    ? [input?: In, options?: Options]
    : unknown extends In
      ? [input?: unknown, options?: Options]
      : [In] extends [void]
        ? [input?: undefined, options?: Options]
        : [input: In, options?: Options];

export type NamedWorkflow<W extends AnyWorkflow, Name> = Extract<W, { readonly name: Name }>;

export interface Engine<W extends AnyWorkflow = AnyWorkflow> {
  /** The registered workflows. */
  readonly workflows: readonly W[];

  /**
   * Validates and stores the input, and sends the first continuation.
   * @throws WorkflowNotFoundError, InvalidInputError, SerializationError, PayloadTooLargeError,
   *   IdempotencyConflictError, StoreUnavailableError
   */
  start<In, Out, Parsed, Name extends string>(
    workflow: Workflow<In, Out, Parsed, Name>,
    ...args: StartArguments<In>
  ): Promise<RunHandle<Out>>;
  start<Name extends W["name"]>(
    name: Name,
    ...args: StartArguments<InputOf<NamedWorkflow<W, Name>>>
  ): Promise<RunHandle<OutputOf<NamedWorkflow<W, Name>>>>;

  /** @throws RunNotFoundError, ContentionError; TimeoutError when a wait ran out. */
  cancel(runId: string, options?: CancelOptions): Promise<CancelAnswer>;
  /**
   * Cancels every unended run that fits; yields each answer as it comes. With `wait`, every run is
   * asked before the first one is waited for; the timeout counts for each from its own request on.
   * @throws when all have been asked, the first TimeoutError, ContentionError or StoreDamagedError.
   */
  cancelAll(
    filter: Omit<RunQuery, "limit" | "cursor">,
    options?: CancelOptions,
  ): AsyncIterable<CancelAnswer>;
  /** Ends the run at once, without clean-up. @throws RunNotFoundError, ContentionError */
  terminate(runId: string, options?: TerminateOptions): Promise<TerminateAnswer>;
  /**
   * Hands a payload to a hook: the one that comes first, and no other. It is held against the hook's
   * schema, so the run's workflow must be registered here.
   * @throws HookNotFoundError, HookAlreadyReceivedError, HookExpiredError, RunEndedError;
   *   InvalidInputError, SerializationError, PayloadTooLargeError for the payload;
   *   WorkflowNotFoundError, ContentionError
   */
  resumeHook(token: string, payload?: unknown, options?: ResumeOptions): Promise<ResumeAnswer>;
  /** The hooks of a run that take a payload now, with their tokens. @throws RunNotFoundError */
  hooks(runId: string): Promise<OpenHook[]>;
  /** Has the run go on now: one with a problem is tried at once. @throws RunNotFoundError, ContentionError */
  wake(runId: string): Promise<WakeAnswer>;

  /** @throws RunNotFoundError */
  getRun(runId: string): Promise<Run>;
  /**
   * Newest first, without inputs and outputs. A page ends at its limit or at 1 MB.
   * @throws InvalidInputError for a bad limit, status, time or cursor.
   */
  listRuns(query?: RunQuery): Promise<{ runs: RunSummary[]; cursor?: string }>;
  /** A page of the log. @throws RunNotFoundError; InvalidInputError for a bad limit or place. */
  getEvents(runId: string, options?: EventQuery): Promise<EventPage>;
  /** How the run ended, once it has; a run's own error is told, not thrown. @throws TimeoutError */
  waitForEnd(runId: string, options?: WaitOptions): Promise<RunEnd>;
  /** The output of the run, once it has ended. @throws the run's error; TimeoutError. */
  result<Out = unknown>(run: string | RunHandle<Out>, options?: WaitOptions): Promise<Out>;

  /**
   * What a function calls with a continuation. Safe any number of times, in any order, at once.
   * @throws WorkflowNotFoundError with `handBack`.
   */
  turn(continuation: Continuation, options?: TurnOptions): Promise<void>;
  /** What the periodic function calls: wakes what is due, sends lost continuations again. */
  sweep(options?: SweepOptions): Promise<SweepAnswer>;
  /**
   * Records on a run why a message for it was given up. The run is not failed by it, and is tried
   * again later; one that has ended, or is not there, is left as it is.
   */
  reportProblem(
    runId: string,
    error: unknown,
    options?: {
      /** What `noteGivenUp` recorded of this very try. */
      instead?: Problem | undefined;
    },
  ): Promise<void>;
  /**
   * Records on a run that a message for it was given up, before that is tried once more: the turn may
   * kill its function, as those before may have been killed.
   * @returns what was recorded; nothing if the run has ended or is not there.
   */
  noteGivenUp(runId: string): Promise<Problem | undefined>;
  /** Takes back what `noteGivenUp` recorded, if it still stands: the turn was done. */
  withdrawProblem(runId: string, problem: Problem): Promise<void>;
}

export interface TurnOptions {
  /**
   * How long this function may still run, in milliseconds: bounds the lease of a claim, and how long code
   * that outlives its timeout is waited for.
   */
  remainingMs?: (() => number) | undefined;
  /**
   * Whether who calls gives the continuation to another engine where this one throws
   * `WorkflowNotFoundError`. Left out: this engine hands it on through its scheduler.
   */
  handBack?: boolean | undefined;
  /** When the continuation was due, if that is known; in milliseconds since the epoch. */
  dueAt?: number | undefined;
}

export interface SweepOptions {
  /** How far ahead to look: until the next round, in milliseconds. Default 0: what is due now. */
  horizonMs?: number | undefined;
}

export interface SweepAnswer {
  /** How many runs were due, and were sent again. */
  sent: number;
  /** With a horizon: how many runs will be due within it, and were sent with the delay left. */
  announced?: number;
}
