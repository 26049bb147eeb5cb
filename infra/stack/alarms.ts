/** What somebody should be woken for. All alarms go to one topic: subscribe to it. */
import { MAX_DELAY_MS } from "../../src/ports/scheduler.ts";
import { FAILED_RUNS, type LogMetric, NAMESPACE, PROBLEMS } from "./log-metrics.ts";
import { settings } from "./settings.ts";
import {
  ALARM_KEY,
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
  namespace: string | typeof NAMESPACE;
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
  /** What of it is summed up, in seconds. Default: a minute. */
  period?: number;
  /** So many of the last periods; all of them, unless it is said of how many. */
  periods: number;
  outOf?: number;
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

function ofLogs({ name }: LogMetric): Metric {
  return { namespace: NAMESPACE, name, dimensions: {}, statistic: "Sum" };
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
      Period: spec.period ?? MINUTE,
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
      DatapointsToAlarm: spec.periods,
      EvaluationPeriods: spec.outOf ?? spec.periods,
      TreatMissingData: spec.missing,
      AlarmActions: [ref(ALARM_TOPIC)],
      OKActions: [ref(ALARM_TOPIC)],
    },
  };
}

/** The key that SNS has for everybody cannot be used by CloudWatch, so the topic has one of its own. */
const key: Resource = {
  Type: "AWS::KMS::Key",
  Properties: {
    Description: "Encrypts what Detent's alarms say",
    EnableKeyRotation: true,
    KeyPolicy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: { "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` } },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") } },
        },
      ],
    },
  },
};

export const alarms: Resources = {
  [ALARM_KEY]: key,
  [ALARM_TOPIC]: {
    Type: "AWS::SNS::Topic",
    Properties: { DisplayName: "Detent alarms", KmsMasterKeyId: ref(ALARM_KEY) },
  },
  ProblemAlarm: alarm({
    description:
      "Runs cannot go on, such as after a deployment that does not fit their logs. Look for those with a problem, mend the cause, and wake them.",
    metrics: [ofLogs(PROBLEMS)],
    expression: "m0",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    // A run that is stuck is tried again once an hour at least: until none was for so long.
    periods: 1,
    outOf: 65,
    missing: "notBreaching",
  }),
  FailedRunsAlarm: alarm({
    description: `More than ${settings.failedRuns} runs failed within five minutes. Look at their errors.`,
    metrics: [ofLogs(FAILED_RUNS)],
    expression: "m0",
    comparison: "GreaterThanThreshold",
    threshold: settings.failedRuns,
    period: 5 * MINUTE,
    periods: 1,
    missing: "notBreaching",
  }),
  FunctionErrorAlarm: alarm({
    description:
      "Functions die, or run out of time. Look at the end of their logs: a step or a workflow may take their memory, or never let go of them.",
    metrics: Object.values(FUNCTIONS)
      .filter((each) => each !== FUNCTIONS.sweep)
      .map((each) => ofFunction(each, "Errors")),
    expression: "SUM(METRICS())",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    // What kills each of its turns does so every other minute.
    periods: 3,
    outOf: 10,
    missing: "notBreaching",
  }),
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
    periods: 1,
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
    periods: 5,
    missing: "notBreaching",
  }),
  SweepAlarm: alarm({
    description:
      "No sweep has succeeded for five minutes. Long sleeps do not end, and lost messages stay lost.",
    metrics: [ofFunction(FUNCTIONS.sweep, "Invocations"), ofFunction(FUNCTIONS.sweep, "Errors")],
    expression: "FILL(m0, 0) - FILL(m1, 0)",
    comparison: "LessThanThreshold",
    threshold: 1,
    periods: 5,
    missing: "breaching",
  }),
  FunctionThrottleAlarm: alarm({
    description: "Functions are throttled. Raise the account's concurrency, or lower the load.",
    metrics: Object.values(FUNCTIONS).map((each) => ofFunction(each, "Throttles")),
    expression: "SUM(METRICS())",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    periods: 5,
    missing: "notBreaching",
  }),
  TableThrottleAlarm: alarm({
    description: "The table is throttled. Spread the load over more runs, or warm the table.",
    metrics: [ofTable("ReadThrottleEvents"), ofTable("WriteThrottleEvents")],
    expression: "FILL(m0, 0) + FILL(m1, 0)",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    periods: 5,
    missing: "notBreaching",
  }),
};
