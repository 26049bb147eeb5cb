/** What is counted in the logs of the functions, for alarms and the dashboard. */
import { FUNCTIONS, type FunctionKey, type Resource, type Resources, ref } from "./template.ts";

/** Apart from that of other stacks in the account. */
export const NAMESPACE = { "Fn::Sub": `Detent/\${AWS::StackName}` };

export interface LogMetric {
  name: string;
  /** Finds the lines that count, by the rules of CloudWatch. */
  pattern: string;
}

/** Whenever a turn of a run cannot be done: at growing pauses, of an hour at the most. */
export const PROBLEMS: LogMetric = {
  name: "Problems",
  pattern: '{ $.level = "error" && $.message = "Run *" && $.tries > 0 }',
};
/** A run ends but once. At `DETENT_LOG_LEVEL: error` its line is not written, nor counted. */
export const FAILED_RUNS: LogMetric = {
  name: "FailedRuns",
  pattern: '{ $.message = "A run ended" && $.status = "failed" }',
};

/** The functions that take turns of runs. */
const TURNING: readonly FunctionKey[] = ["turn", "deadLetter"];

function filter(key: FunctionKey, { name, pattern }: LogMetric): [id: string, Resource] {
  const id = `${key.slice(0, 1).toUpperCase()}${key.slice(1)}${name}Filter`;
  return [
    id,
    {
      Type: "AWS::Logs::MetricFilter",
      Properties: {
        LogGroupName: ref(FUNCTIONS[key].logs),
        FilterPattern: pattern,
        MetricTransformations: [
          { MetricNamespace: NAMESPACE, MetricName: name, MetricValue: "1", Unit: "Count" },
        ],
      },
    },
  ];
}

/** `TurnProblemsFilter`, `TurnFailedRunsFilter` and those of the other functions. */
export const logMetrics: Resources = Object.fromEntries([
  ...TURNING.flatMap((key) => [PROBLEMS, FAILED_RUNS].map((metric) => filter(key, metric))),
  // It is the sweep that finds a run whose record is damaged.
  filter("sweep", PROBLEMS),
]);
