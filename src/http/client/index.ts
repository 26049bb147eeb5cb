/** What callers of an app import, in browsers too. */
export type { Duration } from "../../core/duration.ts";
export type { ErrorSummary } from "../../core/error-summary.ts";
export {
  CancellationError,
  ChannelFullError,
  ChannelNotFoundError,
  ConfigurationError,
  ContentionError,
  DetentError,
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
  IdempotencyConflictError,
  InvalidInputError,
  type Issue,
  PayloadTooLargeError,
  RunEndedError,
  RunNotFoundError,
  SchedulerUnavailableError,
  SerializationError,
  StepFailedError,
  StoreDamagedError,
  StoreUnavailableError,
  TimeoutError,
  WorkflowNotFoundError,
} from "../../core/errors.ts";
export { fieldsOf } from "../../core/event-fields.ts";
export { readable } from "../../core/readable.ts";
export { isEnded, RUN_STATUSES, type RunStatus } from "../../core/run.ts";
export type { Waiting } from "../../core/shown-kinds.ts";
export { compareVersions } from "../../core/versions.ts";
export { visibleLines } from "../../core/visible-text.ts";
export { holdingUp, waitingFor } from "../../core/waiting-for.ts";
export type {
  CancelAnswer,
  Cancellation,
  CancelOptions,
  ChildQuery,
  EventPage,
  EventQuery,
  OpenHook,
  Pause,
  PauseAnswer,
  PauseOptions,
  ResumeAnswer,
  ResumeOptions,
  ResumeRunAnswer,
  Run,
  RunEnd,
  RunEvent,
  RunEventOf,
  RunFilter,
  RunHandle,
  RunQuery,
  RunSummary,
  SendAnswer,
  SendOptions,
  StartOptions,
  TerminateAnswer,
  TerminateOptions,
  Termination,
  WaitOptions,
  WakeAnswer,
} from "../../engine/engine.ts";
export type {
  CallOptions,
  Client,
  FollowOptions,
  WorkflowSummary,
} from "./client.ts";
export { ClientError, type ClientErrorCode } from "./client-error.ts";
export { type ClientOptions, createClient } from "./create-client.ts";
export { nearLimit } from "./near-limit.ts";
