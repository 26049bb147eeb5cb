export { createSqsScheduler, type SqsClient, type SqsSchedulerOptions } from "./sqs-scheduler.ts";
