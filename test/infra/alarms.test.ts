/** When the alarms ring, judged by what they compute of a minute's metrics. */
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { alarms } from "../../infra/stack/alarms.ts";

/** By metric and what it is of: `Errors SweepLambdaFunction`. One that is left out has no data. */
type Minute = Record<string, number>;

interface Query {
  Id: string;
  Expression?: string;
  MetricStat?: { Metric: { MetricName: string; Dimensions?: { Value: unknown }[] } };
}

function rings(id: string, minute: Minute): boolean {
  const {
    Metrics,
    ComparisonOperator: comparison,
    Threshold: threshold,
    TreatMissingData: missing,
  } = alarms[id]?.Properties ?? {};
  const queries = Metrics as Query[];
  const metrics = Object.fromEntries(
    queries.flatMap(({ Id, MetricStat }) =>
      MetricStat ? [[Id, minute[nameOf(MetricStat.Metric)]]] : [],
    ),
  );
  const unknown = Object.keys(minute).filter((name) => !namesOf(queries).includes(name));
  if (unknown.length > 0) throw new Error(`${id} does not look at ${unknown}`);
  const value: unknown = runInNewContext(
    queries.find(({ Expression }) => Expression !== undefined)?.Expression ?? "",
    {
      ...metrics,
      FILL: (metric: number | undefined, fill: number) => metric ?? fill,
      METRICS: () => Object.values(metrics),
      SUM: (all: (number | undefined)[]) => all.reduce<number>((sum, each) => sum + (each ?? 0), 0),
    },
  );
  if (typeof value !== "number" || Number.isNaN(value)) return missing === "breaching";
  return comparison === "LessThanThreshold" ? value < Number(threshold) : value > Number(threshold);
}

function namesOf(queries: readonly Query[]): string[] {
  return queries.flatMap(({ MetricStat }) => (MetricStat ? [nameOf(MetricStat.Metric)] : []));
}

function nameOf({ MetricName, Dimensions }: NonNullable<Query["MetricStat"]>["Metric"]): string {
  const [, resource] = /"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/.exec(JSON.stringify(Dimensions)) ?? [];
  return resource === undefined ? MetricName : `${MetricName} ${resource}`;
}

const IDLE = "ApproximateNumberOfMessagesVisible DeadLetterQueue";
const TRIED = "ApproximateNumberOfMessagesNotVisible DeadLetterQueue";
const AGE = "ApproximateAgeOfOldestMessage TurnQueue";
const SWEPT = "Invocations SweepLambdaFunction";
const FAILED = "Errors SweepLambdaFunction";

it.each<[id: string, when: string, minute: Minute]>([
  ["DeadLetterAlarm", "a letter lies there", { [IDLE]: 1, [TRIED]: 0 }],
  ["DeadLetterAlarm", "one is tried once more", { [IDLE]: 0, [TRIED]: 1 }],
  ["ProblemAlarm", "a run cannot go on", { Problems: 1 }],
  ["FailedRunsAlarm", "more runs fail than is allowed for", { FailedRuns: 11 }],
  ["FunctionErrorAlarm", "turns die", { "Errors TurnLambdaFunction": 1 }],
  ["FunctionErrorAlarm", "dead letters kill", { "Errors DeadLetterLambdaFunction": 1 }],
  ["OldestMessageAlarm", "a message is older than any delay and five minutes", { [AGE]: 1201 }],
  ["SweepAlarm", "every sweep fails", { [SWEPT]: 1, [FAILED]: 1 }],
  ["SweepAlarm", "nothing sweeps", {}],
  ["FunctionThrottleAlarm", "the turns are throttled", { "Throttles TurnLambdaFunction": 1 }],
  ["FunctionThrottleAlarm", "the API is throttled", { "Throttles ApiLambdaFunction": 1 }],
  ["FunctionThrottleAlarm", "the sweep is throttled", { "Throttles SweepLambdaFunction": 1 }],
  ["TableThrottleAlarm", "reads are throttled", { "ReadThrottleEvents Table": 1 }],
  ["TableThrottleAlarm", "writes are throttled", { "WriteThrottleEvents Table": 1 }],
])("%s rings when %s", (id, _, minute) => {
  expect(rings(id, minute)).toBe(true);
});

it.each<[id: string, when: string, minute: Minute]>([
  ["DeadLetterAlarm", "there is no letter", { [IDLE]: 0, [TRIED]: 0 }],
  ["DeadLetterAlarm", "the queue was never used", {}],
  ["ProblemAlarm", "every run goes on", {}],
  ["FailedRunsAlarm", "as many runs fail as may", { FailedRuns: 10 }],
  ["FunctionErrorAlarm", "nothing is invoked", {}],
  ["OldestMessageAlarm", "a message is delayed as long as can be", { [AGE]: 900 }],
  ["OldestMessageAlarm", "there is no message", {}],
  ["SweepAlarm", "a sweep succeeds", { [SWEPT]: 1, [FAILED]: 0 }],
  ["SweepAlarm", "one of two sweeps fails", { [SWEPT]: 2, [FAILED]: 1 }],
  ["FunctionThrottleAlarm", "nothing is invoked", {}],
  ["TableThrottleAlarm", "nothing is throttled", {}],
])("%s is silent when %s", (id, _, minute) => {
  expect(rings(id, minute)).toBe(false);
});

it("an alarm for problems goes on for as long as a run may be left alone", () => {
  const { DatapointsToAlarm, EvaluationPeriods, Metrics } =
    alarms["ProblemAlarm"]?.Properties ?? {};
  const periods = (Metrics as { MetricStat?: { Period: number } }[]).flatMap(
    ({ MetricStat }) => MetricStat?.Period ?? [],
  );
  expect([DatapointsToAlarm, periods]).toEqual([1, [60]]);
  const HOUR = 60;
  expect(Number(EvaluationPeriods)).toBeGreaterThan(HOUR);
  // CloudWatch looks back a day at the most.
  expect(Number(EvaluationPeriods)).toBeLessThanOrEqual(24 * HOUR);
});

it("every alarm says whom it tells, in the ways that CloudWatch can", () => {
  expect(alarms["AlarmKey"]?.Properties).toMatchObject({
    KeyPolicy: {
      Statement: [
        expect.anything(),
        {
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        },
      ],
    },
  });
  expect(alarms["AlarmTopic"]?.Properties).toMatchObject({ KmsMasterKeyId: { Ref: "AlarmKey" } });
});
