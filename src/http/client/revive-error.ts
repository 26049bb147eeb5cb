/** Makes the errors of an answer what they were on the other side. */
import { DetentError, ERROR_KINDS, type Issue } from "../../core/errors.ts";
import type { ErrorCode, HttpErrorCode } from "../error-status.ts";
import { ClientError } from "./client-error.ts";

type Kinds = Omit<typeof ERROR_KINDS, "DetentError">;

/** A code without a kind of its own does not compile, nor does one with another's. */
const KIND_OF_CODE: {
  readonly [Code in Exclude<ErrorCode, HttpErrorCode>]: {
    [Kind in keyof Kinds]: Code extends InstanceType<Kinds[Kind]>["code"] ? Kind : never;
  }[keyof Kinds];
} = {
  "input.invalid": "InvalidInputError",
  "value.notSerializable": "SerializationError",
  "workflow.notFound": "WorkflowNotFoundError",
  "run.notFound": "RunNotFoundError",
  "generation.notFound": "GenerationNotFoundError",
  "run.ended": "RunEndedError",
  "run.cancelled": "CancellationError",
  "run.idempotencyConflict": "IdempotencyConflictError",
  "run.contended": "ContentionError",
  "payload.tooLarge": "PayloadTooLargeError",
  "step.fatal": "FatalError",
  "step.retryable": "RetryableError",
  "step.failed": "StepFailedError",
  "step.timeout": "StepTimeoutError",
  "step.lost": "StepLostError",
  "hook.timeout": "HookTimeoutError",
  "hook.notFound": "HookNotFoundError",
  "hook.alreadyReceived": "HookAlreadyReceivedError",
  "hook.expired": "HookExpiredError",
  "channel.notFound": "ChannelNotFoundError",
  "channel.full": "ChannelFullError",
  "child.failed": "ChildFailedError",
  "child.tooDeep": "FamilyTooDeepError",
  "child.tooMany": "TooManyChildrenError",
  "run.exists": "RunExistsError",
  "step.threwNonError": "NonErrorThrownError",
  "workflow.nonDeterministic": "NonDeterminismError",
  "workflow.foreignAwait": "ForeignAwaitError",
  "workflow.endlessLoop": "EndlessLoopError",
  "workflow.unknownPatch": "UnknownPatchError",
  "run.tooManyEvents": "TooManyEventsError",
  "output.invalid": "InvalidOutputError",
  "configuration.invalid": "ConfigurationError",
  "scheduler.unavailable": "SchedulerUnavailableError",
  "store.refused": "StoreRefusedError",
  "store.tableMissing": "StoreRefusedError",
  "store.damaged": "StoreDamagedError",
  "store.unavailable": "StoreUnavailableError",
  timeout: "TimeoutError",
};

/** The `error` of an answer. */
export interface SentError {
  code: string;
  message: string;
  issues?: Issue[];
  details?: Record<string, string | number>;
}

/** The `error` of an answer's body, if it has the shape of ours. */
export function sentErrorIn(body: unknown): SentError | undefined {
  const { error } = Object(body) as { error?: unknown };
  const { code, message } = Object(error) as Partial<SentError>;
  return typeof code === "string" && typeof message === "string" ? (error as SentError) : undefined;
}

/** An error of the same class, with the message and details that it had on the other side. */
export function reviveError(sent: SentError, status: number): DetentError {
  const { code, message, issues, details } = sent;
  const kinds: Record<string, keyof Kinds> = KIND_OF_CODE;
  const kind = Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  if (kind === undefined) {
    return new ClientError(code as HttpErrorCode, message, { status });
  }
  // Its own constructor would make up the message anew.
  const error: DetentError = Reflect.construct(DetentError, [code, message], ERROR_KINDS[kind]);
  const isRefusal = kind === "InvalidInputError" || kind === "InvalidOutputError";
  return Object.assign(error, details, isRefusal && { issues: issues ?? [] });
}
