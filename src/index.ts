/** What workflow authors import. */
export {
  type AnyChannel,
  type Channel,
  channel,
  type ReceiveOptions,
} from "./authoring/channel.ts";
export { type Child, type ChildOptions, child } from "./authoring/child.ts";
export type { CancellationNews, Context } from "./authoring/context.ts";
export { continueAsNew } from "./authoring/continue-as-new.ts";
export { getContext } from "./authoring/get-context.ts";
export { type Hook, type HookOptions, hook } from "./authoring/hook.ts";
export { isCancellation } from "./authoring/is-cancellation.ts";
export { patched } from "./authoring/patched.ts";
export { shield } from "./authoring/shield.ts";
export { sleep } from "./authoring/sleep.ts";
export { step } from "./authoring/step.ts";
export {
  type AnyWorkflow,
  type InputOf,
  type OutputOf,
  type Workflow,
  type WorkflowOptions,
  workflow,
} from "./authoring/workflow.ts";
export type { Duration } from "./core/duration.ts";
export {
  CancellationError,
  ChannelFullError,
  ChannelNotFoundError,
  ChildFailedError,
  ConfigurationError,
  ContentionError,
  DetentError,
  EndlessLoopError,
  FamilyTooDeepError,
  FatalError,
  ForeignAwaitError,
  GenerationNotFoundError,
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
  IdempotencyConflictError,
  InvalidInputError,
  InvalidOutputError,
  type Issue,
  NonDeterminismError,
  NonErrorThrownError,
  PayloadTooLargeError,
  RetryableError,
  RunEndedError,
  RunExistsError,
  RunNotFoundError,
  SchedulerUnavailableError,
  SerializationError,
  StepFailedError,
  StepLostError,
  StepTimeoutError,
  StoreDamagedError,
  StoreRefusedError,
  StoreUnavailableError,
  TimeoutError,
  TooManyChildrenError,
  TooManyEventsError,
  UnknownPatchError,
  WorkflowNotFoundError,
} from "./core/errors.ts";
export type { Backoff, StepOptions } from "./core/retry.ts";
export type { RunStatus } from "./core/run.ts";
export type { Logger } from "./ports/logger.ts";
