/** As much of Lambda's events as the handlers look at. */

export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export interface SqsRecord {
  messageId: string;
  body: string;
  receiptHandle?: string | undefined;
  /** `ApproximateReceiveCount` says how often the message was handed in. */
  attributes?: Record<string, string> | undefined;
}

export interface SqsEvent {
  Records: readonly SqsRecord[];
}

/** What SQS is told: these messages come again, the others are done. */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

export type SqsHandler = (event: SqsEvent, context: LambdaContext) => Promise<SqsBatchResponse>;
