/** Handlers for AWS Lambda: a few lines over an engine, so that users write the same few lines. */
export { type ApiHandler, apiHandler } from "./api-handler.ts";
export type { BatchOptions, Retries, Retry } from "./batch.ts";
export { deadLetterHandler, type ProblemTarget } from "./dead-letter-handler.ts";
export type {
  LambdaContext,
  SqsBatchResponse,
  SqsEvent,
  SqsHandler,
  SqsRecord,
} from "./events.ts";
export { type SweepHandlerOptions, type SweepTarget, sweepHandler } from "./sweep-handler.ts";
export { type TurnTarget, turnHandler } from "./turn-handler.ts";
