/** What a client offers: the methods of an engine that make sense from afar. */
import type { Channel } from "../../authoring/channel.ts";
import type { AnyWorkflow, InputOf, OutputOf, Workflow } from "../../authoring/workflow.ts";
import type { Duration } from "../../core/duration.ts";
import type {
  CancelAnswer,
  CancelOptions,
  ChildQuery,
  EventPage,
  EventQuery,
  NamedWorkflow,
  OpenHook,
  PauseAnswer,
  PauseOptions,
  ResumeAnswer,
  ResumeOptions,
  ResumeRunAnswer,
  Run,
  RunEnd,
  RunEvent,
  RunFilter,
  RunHandle,
  RunQuery,
  RunSummary,
  SendAnswer,
  SendOptions,
  StartArguments,
  StartOptions,
  TerminateAnswer,
  TerminateOptions,
  WaitOptions,
  WakeAnswer,
} from "../../engine/engine.ts";

/** What every call takes. */
export interface CallOptions {
  /** Gives the call up; what it asked for may have been done. */
  signal?: AbortSignal | undefined;
}

export interface WorkflowSummary {
  name: string;
  version: string;
  /** The JSON Schema of its input, if its own schema tells one. */
  inputSchema?: Record<string, unknown>;
  /** What its runs can be sent; each with the JSON Schema of its messages, if its own schema tells one. */
  channels: { name: string; schema?: Record<string, unknown> }[];
}

export interface FollowOptions extends CallOptions {
  /** Where to begin: in which of the run's logs. Default: that in which it is now. */
  generation?: number | undefined;
  /** A `seq`: what follows it is yielded. */
  after?: number | undefined;
  /** How often to look for news, at most. Default 500 ms; a quiet run is asked less often. */
  every?: Duration | undefined;
}

type StartArgumentsOf<In> = StartArguments<In, StartOptions & CallOptions>;

/** The output is unknown if the types do not know the workflows of the engine. */
type OutputNamed<W extends AnyWorkflow, Name> = [NamedWorkflow<W, Name>] extends [never]
  ? unknown
  : OutputOf<NamedWorkflow<W, Name>>;

/**
 * The methods of the engine of the same names, over HTTP. They answer and throw the same, and
 * besides `ClientError` when the service cannot be reached or does not let this client in.
 */
export interface Client<W extends AnyWorkflow = AnyWorkflow> {
  /** What is registered, one for each version. */
  listWorkflows(options?: CallOptions): Promise<WorkflowSummary[]>;

  /**
   * Starts a run. A start whose answer is lost is repeated safely, also without a key of the caller's.
   * @throws WorkflowNotFoundError, InvalidInputError, SerializationError, PayloadTooLargeError,
   *   IdempotencyConflictError
   */
  start<In, Out, Parsed, Name extends string>(
    workflow: Workflow<In, Out, Parsed, Name>,
    ...args: StartArgumentsOf<In>
  ): Promise<RunHandle<Out>>;
  start<Name extends W["name"]>(
    name: Name,
    ...args: StartArgumentsOf<InputOf<NamedWorkflow<W, Name>>>
  ): Promise<RunHandle<OutputNamed<W, Name>>>;

  /** @throws RunNotFoundError; TimeoutError when a wait ran out: the request stays in force. */
  cancel(runId: string, options?: CancelOptions & CallOptions): Promise<CancelAnswer>;
  /**
   * Cancels every unended run that fits. With `wait`, every run is asked to stop before the first
   * one is waited for; the timeout counts for each from its own request on.
   * @throws when all have been asked, the first TimeoutError, ContentionError or StoreDamagedError.
   */
  cancelAll(filter: RunFilter, options?: CancelOptions & CallOptions): AsyncGenerator<CancelAnswer>;
  /**
   * Holds the run back until it is resumed: from the answer on nothing unshielded starts.
   * @throws RunNotFoundError
   */
  pause(runId: string, options?: PauseOptions & CallOptions): Promise<PauseAnswer>;
  /** Lets a paused run go on. @throws RunNotFoundError */
  resume(runId: string, options?: PauseOptions & CallOptions): Promise<ResumeRunAnswer>;
  /**
   * Pauses every unended run that fits.
   * @throws when all have been asked, the first ContentionError or StoreDamagedError.
   */
  pauseAll(filter: RunFilter, options?: PauseOptions & CallOptions): AsyncGenerator<PauseAnswer>;
  /** Resumes every paused run that fits, as `pauseAll` pauses. */
  resumeAll(
    filter: RunFilter,
    options?: PauseOptions & CallOptions,
  ): AsyncGenerator<ResumeRunAnswer>;
  /** Ends the run at once, without clean-up. Never repeated by itself. @throws RunNotFoundError */
  terminate(runId: string, options?: TerminateOptions & CallOptions): Promise<TerminateAnswer>;
  /**
   * Hands a payload to a hook. A delivery whose answer is lost is repeated safely.
   * @throws HookNotFoundError, HookAlreadyReceivedError, HookExpiredError, RunEndedError;
   *   InvalidInputError, SerializationError, PayloadTooLargeError for the payload
   */
  resumeHook(
    token: string,
    payload?: unknown,
    options?: ResumeOptions & CallOptions,
  ): Promise<ResumeAnswer>;
  /**
   * Sends a message to a channel of a run. One whose answer is lost is sent again safely, also without an
   * id of the caller's.
   * @throws RunNotFoundError, RunEndedError, ChannelNotFoundError, ChannelFullError;
   *   InvalidInputError, SerializationError, PayloadTooLargeError for the payload
   */
  send<Sent>(
    runId: string,
    channel: Channel<unknown, Sent>,
    payload: NoInfer<Sent>,
    options?: SendOptions & CallOptions,
  ): Promise<SendAnswer>;
  send(
    runId: string,
    channel: string,
    payload: unknown,
    options?: SendOptions & CallOptions,
  ): Promise<SendAnswer>;
  /** The hooks of a run that take a payload now, with their tokens. @throws RunNotFoundError */
  hooks(runId: string, options?: CallOptions): Promise<OpenHook[]>;
  /** Has the run go on now: one with a problem is tried at once. @throws RunNotFoundError */
  wake(runId: string, options?: CallOptions): Promise<WakeAnswer>;

  /** @throws RunNotFoundError */
  getRun(runId: string, options?: CallOptions): Promise<Run>;
  /** Newest first, without inputs and outputs. @throws InvalidInputError for a bad limit, status, time or cursor. */
  listRuns(
    query?: RunQuery,
    options?: CallOptions,
  ): Promise<{ runs: RunSummary[]; cursor?: string }>;
  /**
   * The children of a run, in the order in which it asked for them, as `listRuns` shows runs. A page may be
   * short or empty, and have a cursor.
   * @throws RunNotFoundError; InvalidInputError for a bad limit or cursor.
   */
  children(
    runId: string,
    options?: ChildQuery & CallOptions,
  ): Promise<{ runs: RunSummary[]; cursor?: string }>;
  /** @throws RunNotFoundError */
  getEvents(runId: string, options?: EventQuery & CallOptions): Promise<EventPage>;
  /** Every event of the run as it comes in, until the one that ends the run, whatever generation that is in. */
  followEvents(runId: string, options?: FollowOptions): AsyncGenerator<RunEvent>;
  /** How the run ended, once it has; a run's own error is told, not thrown. @throws TimeoutError */
  waitForEnd(runId: string, options?: WaitOptions & CallOptions): Promise<RunEnd>;
  /** The output of the run, once it has ended. @throws the run's error; TimeoutError. */
  result<Out = unknown>(
    run: string | RunHandle<Out>,
    options?: WaitOptions & CallOptions,
  ): Promise<Out>;
}
