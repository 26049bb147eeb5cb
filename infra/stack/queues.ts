import {
  attribute,
  DEAD_LETTER_QUEUE,
  type Resource,
  type Resources,
  ref,
  TURN_QUEUE,
} from "./template.ts";

/** How long a turn function may run: the longest step, and some. */
export const TURN_TIMEOUT_SECONDS = 60;
/** A message that was received so often is given up. */
const MOST_RECEIVES = 4;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** Nobody sends to it or reads it but over TLS. */
function overTls(queue: string): Resource {
  return {
    Type: "AWS::SQS::QueuePolicy",
    Properties: {
      Queues: [ref(queue)],
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: attribute(queue, "Arn"),
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    },
  };
}

/** The queue of continuations, and where those go that cannot be worked on. */
export const queues: Resources = {
  [TURN_QUEUE]: {
    Type: "AWS::SQS::Queue",
    Properties: {
      // A message that kills its function each time is given up within minutes. Lambda advises six
      // times, so that batches which it throttles are not handed in twice; that harms no run.
      VisibilityTimeout: 2 * TURN_TIMEOUT_SECONDS,
      MessageRetentionPeriod: 4 * DAY,
      ReceiveMessageWaitTimeSeconds: 20,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        deadLetterTargetArn: attribute(DEAD_LETTER_QUEUE, "Arn"),
        maxReceiveCount: MOST_RECEIVES,
      },
    },
  },
  [DEAD_LETTER_QUEUE]: {
    Type: "AWS::SQS::Queue",
    Properties: {
      // So often the dead letter function tries once more.
      VisibilityTimeout: 15 * MINUTE,
      MessageRetentionPeriod: 14 * DAY,
      ReceiveMessageWaitTimeSeconds: 20,
      SqsManagedSseEnabled: true,
    },
  },
  TurnQueuePolicy: overTls(TURN_QUEUE),
  DeadLetterQueuePolicy: overTls(DEAD_LETTER_QUEUE),
};
