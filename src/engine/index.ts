/** What applications import to run workflows. */

export type { ErrorSummary } from "../core/error-summary.ts";
export { fieldsOf } from "../core/event-fields.ts";
export {
  createConsoleLogger,
  createJsonLogger,
  type JsonLoggerOptions,
} from "../platform/json-logger.ts";
export type { Clock } from "../ports/clock.ts";
export { LOG_LEVELS, type Logger, type LogLevel } from "../ports/logger.ts";
export type {
  AttemptObserver,
  AttemptOutcome,
  Observation,
  ObservedAttempt,
  ObservedError,
  ObservedRun,
  Observer,
} from "../ports/observer.ts";
export type { Continuation, Message, Scheduler } from "../ports/scheduler.ts";
export type { Store } from "../ports/store.ts";
export { createEngine, type EngineOptions } from "./create-engine.ts";
export type {
  CancelAnswer,
  Cancellation,
  CancelOptions,
  ChildQuery,
  Engine,
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
  SweepAnswer,
  SweepOptions,
  TerminateAnswer,
  TerminateOptions,
  Termination,
  TurnOptions,
  WaitOptions,
  WakeAnswer,
} from "./engine.ts";
export { createLogObserver } from "./observe/log-observer.ts";
