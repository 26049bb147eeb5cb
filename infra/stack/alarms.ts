/** What somebody should be woken for. All alarms go to one topic: subscribe to it. */
import { MAX_DELAY_MS } from "../../src/ports/scheduler.ts";
import {
  ALARM_TOPIC,
  attribute,
  DEAD_LETTER_QUEUE,
  FUNCTIONS,
  type Resource,
  type Resources,
  ref,
  TABLE,
  TURN_QUEUE,
} from "./template.ts";

interface Metric {
  namespace: string;
  name: string;
  dimensions: Record<string, unknown>;
  statistic: "Sum" | "Maximum";
}

interface Alarm {
  description: string;
  /** Named in `expression` as `m0`, `m1`, … */
  metrics: Metric[];
  expression: string;
  comparison: "GreaterThanThreshold" | "LessThanThreshold";
  threshold: number;
  /** For so many minutes in a row. */
  minutes: number;
  missing: "notBreaching" | "breaching";
}

const MINUTE = 60;

function ofQueue(queue: string, name: string): Metric {
  const dimensions = { QueueName: attribute(queue, "QueueName") };
  return { namespace: "AWS/SQS", name, dimensions, statistic: "Maximum" };
}

function ofFunction({ function: id }: { function: string }, name: string): Metric {
  const dimensions = { FunctionName: ref(id) };
  return { namespace: "AWS/Lambda", name, dimensions, statistic: "Sum" };
}

function ofTable(name: string): Metric {
  const dimensions = { TableName: ref(TABLE) };
  return { namespace: "AWS/DynamoDB", name, dimensions, statistic: "Sum" };
}

function alarm(spec: Alarm): Resource {
  const metrics = spec.metrics.map(({ namespace, name, dimensions, statistic }, index) => ({
    Id: `m${index}`,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: MINUTE,
      Stat: statistic,
    },
  }));
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: spec.description,
      Metrics: [{ Id: "value", Expression: spec.expression, ReturnData: true }, ...metrics],
      ComparisonOperator: spec.comparison,
      Threshold: spec.threshold,
      EvaluationPeriods: spec.minutes,
      TreatMissingData: spec.missing,
      AlarmActions: [ref(ALARM_TOPIC)],
      OKActions: [ref(ALARM_TOPIC)],
    },
  };
}

export const alarms: Resources = {
  [ALARM_TOPIC]: {
    Type: "AWS::SNS::Topic",
    Properties: { DisplayName: "Detent alarms" },
  },
  DeadLetterAlarm: alarm({
    description:
      "A continuation could not be worked on. Look at the problem of its run and at the log of the dead letter function.",
    metrics: [
      ofQueue(DEAD_LETTER_QUEUE, "ApproximateNumberOfMessagesVisible"),
      ofQueue(DEAD_LETTER_QUEUE, "ApproximateNumberOfMessagesNotVisible"),
    ],
    expression: "m0 + m1",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    minutes: 1,
    missing: "notBreaching",
  }),
  OldestMessageAlarm: alarm({
    description:
      "Continuations wait too long. The turn function fails, is throttled, or there are not enough of it.",
    metrics: [ofQueue(TURN_QUEUE, "ApproximateAgeOfOldestMessage")],
    expression: "m0",
    comparison: "GreaterThanThreshold",
    // A delayed message grows as old as its delay without anything being wrong.
    threshold: MAX_DELAY_MS / 1000 + 5 * MINUTE,
    minutes: 5,
    missing: "notBreaching",
  }),
  SweepAlarm: alarm({
    description:
      "No sweep has succeeded for five minutes. Long sleeps do not end, and lost messages stay lost.",
    metrics: [ofFunction(FUNCTIONS.sweep, "Invocations"), ofFunction(FUNCTIONS.sweep, "Errors")],
    expression: "FILL(m0, 0) - FILL(m1, 0)",
    comparison: "LessThanThreshold",
    threshold: 1,
    minutes: 5,
    missing: "breaching",
  }),
  FunctionThrottleAlarm: alarm({
    description: "Functions are throttled. Raise the account's concurrency, or lower the load.",
    metrics: Object.values(FUNCTIONS).map((each) => ofFunction(each, "Throttles")),
    expression: "SUM(METRICS())",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    minutes: 5,
    missing: "notBreaching",
  }),
  TableThrottleAlarm: alarm({
    description: "The table is throttled. Spread the load over more runs, or warm the table.",
    metrics: [ofTable("ReadThrottleEvents"), ofTable("WriteThrottleEvents")],
    expression: "FILL(m0, 0) + FILL(m1, 0)",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    minutes: 5,
    missing: "notBreaching",
  }),
};
