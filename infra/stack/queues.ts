import { attribute, DEAD_LETTER_QUEUE, type Resources, TURN_QUEUE } from "./template.ts";

/** How long a turn function may run: the longest step, and some. */
export const TURN_TIMEOUT_SECONDS = 60;
/** After that many deliveries a message is given up. */
const DELIVERIES = 5;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** The queue of continuations, and where those go that cannot be worked on. */
export const queues: Resources = {
  [TURN_QUEUE]: {
    Type: "AWS::SQS::Queue",
    Properties: {
      // Lambda asks for six times, so that throttled batches are not delivered twice.
      VisibilityTimeout: 6 * TURN_TIMEOUT_SECONDS,
      MessageRetentionPeriod: 4 * DAY,
      ReceiveMessageWaitTimeSeconds: 20,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        deadLetterTargetArn: attribute(DEAD_LETTER_QUEUE, "Arn"),
        maxReceiveCount: DELIVERIES,
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
};
