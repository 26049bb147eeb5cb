/**
 * The error family. Every error has a stable `code`, typed details and a message that ends with
 * what to do.
 */
import { CancellationError } from "./errors/cancellation-error.ts";
import { ChannelFullError, ChannelNotFoundError } from "./errors/channel-errors.ts";
import {
  ChildFailedError,
  FamilyTooDeepError,
  RunExistsError,
  TooManyChildrenError,
} from "./errors/child-errors.ts";
import { brand, DetentError } from "./errors/detent-error.ts";
import {
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
} from "./errors/hook-errors.ts";
import { NonErrorThrownError } from "./errors/non-error-thrown.ts";
import {
  ContentionError,
  GenerationNotFoundError,
  IdempotencyConflictError,
  RunEndedError,
  RunNotFoundError,
  TimeoutError,
  TooManyEventsError,
} from "./errors/run-errors.ts";
import {
  SchedulerUnavailableError,
  StoreDamagedError,
  StoreRefusedError,
  StoreUnavailableError,
} from "./errors/service-errors.ts";
import {
  FatalError,
  RetryableError,
  StepFailedError,
  StepLostError,
  StepTimeoutError,
} from "./errors/step-errors.ts";
import {
  ConfigurationError,
  InvalidInputError,
  InvalidOutputError,
  PayloadTooLargeError,
  SerializationError,
} from "./errors/value-errors.ts";
import {
  EndlessLoopError,
  ForeignAwaitError,
  NonDeterminismError,
  UnknownPatchError,
  WorkflowNotFoundError,
} from "./errors/workflow-errors.ts";

export { CancellationError, isCancellationOf } from "./errors/cancellation-error.ts";
export { ChannelFullError, ChannelNotFoundError } from "./errors/channel-errors.ts";
export {
  ChildFailedError,
  FamilyTooDeepError,
  RunExistsError,
  TooManyChildrenError,
} from "./errors/child-errors.ts";
export { DetentError, type ErrorOptions, kindOf } from "./errors/detent-error.ts";
export {
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
} from "./errors/hook-errors.ts";
export { asError, NonErrorThrownError } from "./errors/non-error-thrown.ts";
export {
  ContentionError,
  GenerationNotFoundError,
  IdempotencyConflictError,
  RunEndedError,
  RunNotFoundError,
  TimeoutError,
  TooManyEventsError,
} from "./errors/run-errors.ts";
export {
  SchedulerUnavailableError,
  StoreDamagedError,
  StoreRefusedError,
  StoreUnavailableError,
} from "./errors/service-errors.ts";
export {
  FatalError,
  RetryableError,
  StepFailedError,
  StepLostError,
  StepTimeoutError,
} from "./errors/step-errors.ts";
export {
  ConfigurationError,
  InvalidInputError,
  InvalidOutputError,
  PayloadTooLargeError,
  SerializationError,
} from "./errors/value-errors.ts";
export {
  EndlessLoopError,
  ForeignAwaitError,
  NonDeterminismError,
  UnknownPatchError,
  WorkflowNotFoundError,
} from "./errors/workflow-errors.ts";
export type { Issue } from "./issues.ts";

/** Every branded kind under its name: what revives an error that was kept in a log. */
export const ERROR_KINDS = {
  DetentError,
  CancellationError,
  FatalError,
  RetryableError,
  StepFailedError,
  StepTimeoutError,
  StepLostError,
  ChildFailedError,
  FamilyTooDeepError,
  RunExistsError,
  HookTimeoutError,
  HookNotFoundError,
  HookAlreadyReceivedError,
  HookExpiredError,
  ChannelNotFoundError,
  ChannelFullError,
  NonErrorThrownError,
  NonDeterminismError,
  ForeignAwaitError,
  EndlessLoopError,
  UnknownPatchError,
  WorkflowNotFoundError,
  RunNotFoundError,
  GenerationNotFoundError,
  RunEndedError,
  TooManyEventsError,
  TooManyChildrenError,
  IdempotencyConflictError,
  PayloadTooLargeError,
  InvalidInputError,
  InvalidOutputError,
  SerializationError,
  TimeoutError,
  StoreUnavailableError,
  StoreRefusedError,
  StoreDamagedError,
  SchedulerUnavailableError,
  ContentionError,
  ConfigurationError,
} as const;

// Once for all, so package.json tells bundlers never to leave this module out.
brand(ERROR_KINDS);
