/** The one page to look at. */
import { FAILED_RUNS, type LogMetric, NAMESPACE, PROBLEMS } from "./log-metrics.ts";
import { DEAD_LETTER_QUEUE, FUNCTIONS, type Resources, TABLE, TURN_QUEUE } from "./template.ts";

type Metric = [namespace: string, name: string, ...dimension: [] | [name: string, value: string]];

const WIDTH = 12;
const HEIGHT = 6;

/** `Fn::Sub` puts the names in. */
const name = (id: string, attribute?: string): string =>
  `\${${attribute ? `${id}.${attribute}` : id}}`;

const ofQueue = (queue: string, metric: string): Metric => [
  "AWS/SQS",
  metric,
  "QueueName",
  name(queue, "QueueName"),
];

const ofFunctions = (metric: string): Metric[] =>
  Object.values(FUNCTIONS).map(({ function: id }) => [
    "AWS/Lambda",
    metric,
    "FunctionName",
    name(id),
  ]);

const ofTable = (metric: string): Metric => ["AWS/DynamoDB", metric, "TableName", name(TABLE)];

const ofLogs = ({ name: metric }: LogMetric): Metric => [NAMESPACE["Fn::Sub"], metric];

const GRAPHS: { title: string; stat: "Sum" | "Maximum" | "p95"; metrics: Metric[] }[] = [
  {
    title: "Continuations waiting, and under way",
    stat: "Maximum",
    metrics: [
      ofQueue(TURN_QUEUE, "ApproximateNumberOfMessagesVisible"),
      ofQueue(TURN_QUEUE, "ApproximateNumberOfMessagesNotVisible"),
      ofQueue(TURN_QUEUE, "ApproximateNumberOfMessagesDelayed"),
    ],
  },
  {
    title: "Age of the oldest continuation (s)",
    stat: "Maximum",
    metrics: [ofQueue(TURN_QUEUE, "ApproximateAgeOfOldestMessage")],
  },
  {
    title: "Dead letters",
    stat: "Maximum",
    metrics: [
      ofQueue(DEAD_LETTER_QUEUE, "ApproximateNumberOfMessagesVisible"),
      ofQueue(DEAD_LETTER_QUEUE, "ApproximateNumberOfMessagesNotVisible"),
    ],
  },
  {
    title: "Failed runs, and turns that could not be done",
    stat: "Sum",
    metrics: [ofLogs(FAILED_RUNS), ofLogs(PROBLEMS)],
  },
  { title: "Invocations", stat: "Sum", metrics: ofFunctions("Invocations") },
  {
    title: "Errors and throttles",
    stat: "Sum",
    metrics: [...ofFunctions("Errors"), ...ofFunctions("Throttles")],
  },
  { title: "Duration, 95 of 100 (ms)", stat: "p95", metrics: ofFunctions("Duration") },
  {
    title: "Capacity units of the table",
    stat: "Sum",
    metrics: [ofTable("ConsumedReadCapacityUnits"), ofTable("ConsumedWriteCapacityUnits")],
  },
  {
    title: "Throttled requests of the table",
    stat: "Sum",
    metrics: [ofTable("ReadThrottleEvents"), ofTable("WriteThrottleEvents")],
  },
];

const body = {
  widgets: GRAPHS.map(({ title, stat, metrics }, index) => ({
    type: "metric",
    x: (index % 2) * WIDTH,
    y: Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title,
      stat,
      metrics,
      period: 60,
      view: "timeSeries",
      region: name("AWS::Region"),
    },
  })),
};

export const dashboard: Resources = {
  Dashboard: {
    Type: "AWS::CloudWatch::Dashboard",
    Properties: { DashboardBody: { "Fn::Sub": JSON.stringify(body) } },
  },
};
