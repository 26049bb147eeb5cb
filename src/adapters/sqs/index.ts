export { createSqsRetries, type SqsRetriesOptions } from "./sqs-retries.ts";
export { createSqsScheduler, type SqsClient, type SqsSchedulerOptions } from "./sqs-scheduler.ts";
