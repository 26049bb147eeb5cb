/** What an engine offers: the public contract, as types. `createEngine` makes one. */
import type { Channel } from "../authoring/channel.ts";
import type { AnyWorkflow, Arguments, InputOf, OutputOf, Workflow } from "../authoring/workflow.ts";
import type { Problem } from "../core/run.ts";
import type { Continuation } from "../ports/scheduler.ts";
import type {
  CancelAnswer,
  EventPage,
  OpenHook,
  PauseAnswer,
  ResumeAnswer,
  ResumeRunAnswer,
  RunHandle,
  SendAnswer,
  SweepAnswer,
  TerminateAnswer,
  WakeAnswer,
} from "./answers.ts";
import type {
  CancelOptions,
  ChildQuery,
  EventQuery,
  PauseOptions,
  ResumeOptions,
  RunFilter,
  RunQuery,
  SendOptions,
  StartOptions,
  SweepOptions,
  TerminateOptions,
  TurnOptions,
  WaitOptions,
} from "./options.ts";
import type { Run, RunEnd, RunSummary } from "./run-record.ts";

export type { RunEvent, RunEventOf } from "../core/shown-event.ts";
export type {
  CancelAnswer,
  EventPage,
  OpenHook,
  PauseAnswer,
  ResumeAnswer,
  ResumeRunAnswer,
  RunHandle,
  SendAnswer,
  SweepAnswer,
  TerminateAnswer,
  WakeAnswer,
} from "./answers.ts";
export type {
  CancelOptions,
  ChildQuery,
  EventQuery,
  PauseOptions,
  ResumeOptions,
  RunFilter,
  RunQuery,
  SendOptions,
  StartOptions,
  SweepOptions,
  TerminateOptions,
  TurnOptions,
  WaitOptions,
} from "./options.ts";
export type { Cancellation, Pause, Run, RunEnd, RunSummary, Termination } from "./run-record.ts";

/** The arguments of a start, after its workflow. */
export type StartArguments<In, Options = StartOptions> = Arguments<In, Options>;

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
  cancelAll(filter: RunFilter, options?: CancelOptions): AsyncIterable<CancelAnswer>;
  /**
   * Holds the run back until it is resumed: from the answer on nothing unshielded starts. What executes
   * is let finish, shields complete, and what comes meanwhile is kept. A cancel goes through.
   * @throws RunNotFoundError, ContentionError
   */
  pause(runId: string, options?: PauseOptions): Promise<PauseAnswer>;
  /** Lets a paused run go on. @throws RunNotFoundError, ContentionError */
  resume(runId: string, options?: PauseOptions): Promise<ResumeRunAnswer>;
  /**
   * Pauses every unended run that fits; yields each answer as it comes.
   * @throws when all have been asked, the first ContentionError or StoreDamagedError.
   */
  pauseAll(filter: RunFilter, options?: PauseOptions): AsyncIterable<PauseAnswer>;
  /** Resumes every paused run that fits, as `pauseAll` pauses. */
  resumeAll(filter: RunFilter, options?: PauseOptions): AsyncIterable<ResumeRunAnswer>;
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
  /**
   * Sends a message to a channel of a run, which keeps it until its code receives it. It is held against
   * the channel's schema, so the run's workflow must be registered here.
   * @throws RunNotFoundError, RunEndedError, ChannelNotFoundError, ChannelFullError;
   *   InvalidInputError, SerializationError, PayloadTooLargeError for the payload;
   *   WorkflowNotFoundError, ContentionError
   */
  send<Sent>(
    runId: string,
    channel: Channel<unknown, Sent>,
    payload: NoInfer<Sent>,
    options?: SendOptions,
  ): Promise<SendAnswer>;
  send(
    runId: string,
    channel: string,
    payload: unknown,
    options?: SendOptions,
  ): Promise<SendAnswer>;
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
  /**
   * The children of a run, in the order in which it asked for them, as `listRuns` shows runs. Costs what
   * it answers, however many other runs there are. A page may be short or empty, and have a cursor.
   * @throws RunNotFoundError; InvalidInputError for a bad limit or cursor.
   */
  children(runId: string, query?: ChildQuery): Promise<{ runs: RunSummary[]; cursor?: string }>;
  /**
   * A page of one of the run's logs.
   * @throws RunNotFoundError, GenerationNotFoundError; InvalidInputError for a bad limit or place.
   */
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
