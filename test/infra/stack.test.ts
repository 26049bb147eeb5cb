/** Holds the packaged template and the code together. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTimeToLiveCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readStack } from "../../infra/emulator/stack.ts";
import { createLocalClient } from "../../infra/local-client.ts";
import { TURN_TIMEOUT_SECONDS } from "../../infra/stack/queues.ts";
import { createDynamoStore, createTable } from "../../src/adapters/dynamodb/index.ts";
import { MAX_DELAY_MS } from "../../src/ports/scheduler.ts";
import { type Packaged, packageStack, type TemplateResource } from "./packaged.ts";
import { findTemplateFaults, isMetric } from "./resource-schemas.ts";
import { unzip } from "./unzip.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageStack();
}, 120_000);
afterAll(() => packaged?.remove());

function resource(id: string): TemplateResource {
  const found = packaged.template.Resources[id];
  if (!found) throw new Error(`There is no ${id}`);
  return found;
}

function ofType(type: string): [string, TemplateResource][] {
  return Object.entries(packaged.template.Resources).filter(([, { Type }]) => Type === type);
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** By handler, as it stands in the template. */
const HANDLERS = {
  ApiLambdaFunction: "api",
  TurnLambdaFunction: "turn",
  SweepLambdaFunction: "sweep",
  DeadLetterLambdaFunction: "dead-letter",
};

describe("the template", () => {
  it("is one that CloudFormation would take", () => {
    expect(findTemplateFaults(packaged.template)).toEqual([]);
  });

  it("would not pass with a fault in it", () => {
    const { Resources, Outputs } = structuredClone(packaged.template);
    const queue = Resources["TurnQueue"]?.Properties;
    const turn = Resources["TurnLambdaFunction"]?.Properties;
    if (!queue || !turn) throw new Error("no queue, or no function");
    queue["VisibilityTimeout"] = "soon";
    queue["Visibility"] = 1;
    turn["RecursiveLoop"] = "Maybe";
    turn["Role"] = { "Fn::GetAtt": ["TurnRole", "Name"] };
    delete turn["Code"];
    Resources["Other"] = { Type: "AWS::SQS::Topic", Properties: { A: { Ref: "Nothing" } } };
    expect(findTemplateFaults({ Resources, Outputs }).sort()).toEqual([
      "Other has the unknown type AWS::SQS::Topic",
      "There is no Nothing to refer to",
      "TurnLambdaFunction.Code is missing",
      'TurnLambdaFunction.RecursiveLoop is "Maybe", which is no string',
      "TurnQueue.Visibility is unknown",
      'TurnQueue.VisibilityTimeout is "soon", which is no integer',
      "TurnRole has no attribute Name",
    ]);
  });
});

describe("the outputs", () => {
  it("are those that the guide asks for", () => {
    const guide = readFileSync(new URL("../../docs/deploy-aws.md", import.meta.url), "utf8");
    const asked = [...guide.matchAll(/\(output (\w+)\)/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(3);
    expect(Object.keys(packaged.template.Outputs)).toEqual(expect.arrayContaining(asked));
  });
});

describe("the configuration", () => {
  it("is refused when it says something that means nothing", () => {
    const misspelt = (serverless: string) => serverless.replace("memorySize", "memroySize");
    expect(() => packaged.packageAgain(misspelt)).toThrow(/memroySize/);
  });
});

describe("the table", () => {
  it("is one that the store works with, and createTable finds nothing to change in", async () => {
    const client = createLocalClient(inject("dynamodbEndpoint"));
    const tableName = `stack-${randomUUID()}`;
    const { Properties } = resource("Table");
    const { TimeToLiveSpecification, PointInTimeRecoverySpecification, ...definition } = Properties;
    await client.send(
      new CreateTableCommand({ TableName: tableName, ...definition } as CreateTableCommandInput),
    );
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: TimeToLiveSpecification as never,
      }),
    );
    const before = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
    await createTable({ client, tableName });
    const after = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
    expect(after.TimeToLiveDescription).toEqual(before.TimeToLiveDescription);
    const store = createDynamoStore({ client, tableName });
    expect(await store.listRuns({}, 10)).toEqual({ heads: [] });
    expect(await store.listDue(0, 10)).toEqual([]);
    client.destroy();
  });

  it("is backed up, paid by use, and outlives the stack", () => {
    expect(resource("Table")).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
  });
});

describe("the functions", () => {
  it("are these, each with its bundle and a handler in it, and their environment fits", () => {
    const functions = ofType("AWS::Lambda::Function");
    expect(functions.map(([id]) => id)).toEqual(Object.keys(HANDLERS));
    for (const [id, name] of Object.entries(HANDLERS)) {
      const { Handler, Environment } = resource(id).Properties;
      expect(Handler).toBe(`build/functions/${name}.handler`);
      const key = id.slice(0, 1).toLowerCase() + id.slice(1).replace("LambdaFunction", "");
      const zip = join(packaged.folder, `${key}.zip`);
      const files = [...unzip(zip)];
      expect(files.map(([path]) => path)).toEqual([`build/functions/${name}.mjs`]);
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      const [[, bundle = Buffer.of()] = []] = files;
      expect(loadBundle(name, bundle, Object.keys(Variables))).toBe("function");
    }
  });

  it("run on arm64 with Node 22, and their logs end", () => {
    for (const [, { Properties }] of ofType("AWS::Lambda::Function")) {
      expect(Properties).toMatchObject({ Runtime: "nodejs22.x", Architectures: ["arm64"] });
    }
    const groups = ofType("AWS::Logs::LogGroup");
    expect(groups).toHaveLength(4);
    for (const [, { Properties }] of groups)
      expect(Properties).toMatchObject({ RetentionInDays: 30 });
  });

  it("that send to the queue they read are not taken for a loop", () => {
    for (const id of ["TurnLambdaFunction", "DeadLetterLambdaFunction"]) {
      expect(resource(id).Properties).toMatchObject({ RecursiveLoop: "Allow" });
    }
  });

  it("have a role each, and nothing in it is allowed on everything", () => {
    const roles = ofType("AWS::Lambda::Function").map(([, { Properties }]) => Properties["Role"]);
    expect(new Set(roles.map((role) => JSON.stringify(role))).size).toBe(4);
    expect(ofType("AWS::IAM::Role")).toHaveLength(4);
    for (const [, { Properties }] of ofType("AWS::IAM::Role")) {
      expect(JSON.stringify(Properties["Policies"])).not.toContain("*");
    }
  });
});

describe("the queues", () => {
  it("hide a message six times as long as a turn may take", () => {
    const { Timeout } = resource("TurnLambdaFunction").Properties;
    expect(Timeout).toBe(TURN_TIMEOUT_SECONDS);
    expect(resource("TurnQueue").Properties["VisibilityTimeout"]).toBe(6 * Number(Timeout));
    const deadLetterTimeout = resource("DeadLetterLambdaFunction").Properties["Timeout"];
    expect(resource("DeadLetterQueue").Properties["VisibilityTimeout"]).toBeGreaterThan(
      Number(deadLetterTimeout),
    );
  });

  it("are read by their functions, which report each failed message", () => {
    const sources = ofType("AWS::Lambda::EventSourceMapping").map(
      ([, { Properties }]) => Properties,
    );
    const of = (queue: string, handler: string) => ({
      EventSourceArn: { "Fn::GetAtt": [queue, "Arn"] },
      FunctionName: { "Fn::GetAtt": [handler, "Arn"] },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(sources).toMatchObject([
      of("TurnQueue", "TurnLambdaFunction"),
      of("DeadLetterQueue", "DeadLetterLambdaFunction"),
    ]);
  });

  it("pass on what cannot be worked on, and keep it longer", () => {
    const { RedrivePolicy, MessageRetentionPeriod } = resource("TurnQueue").Properties;
    expect(RedrivePolicy).toEqual({
      deadLetterTargetArn: { "Fn::GetAtt": ["DeadLetterQueue", "Arn"] },
      maxReceiveCount: 5,
    });
    expect(resource("DeadLetterQueue").Properties["MessageRetentionPeriod"]).toBeGreaterThan(
      Number(MessageRetentionPeriod),
    );
  });
});

describe("the emulator", () => {
  it("goes by what is deployed", () => {
    const { functions, queues } = readStack(ROOT);
    expect(functions.map(({ name }) => `${capital(name)}LambdaFunction`)).toEqual(
      ofType("AWS::Lambda::Function").map(([id]) => id),
    );
    for (const { name, file, handler, environment, ...spec } of functions) {
      const { Properties } = resource(`${capital(name)}LambdaFunction`);
      expect(Properties).toMatchObject({
        Handler: `${file.replace(/\.mjs$/, "")}.${handler}`,
        Timeout: spec.timeoutMs / 1000,
        MemorySize: spec.memoryMb,
      });
      expect(Properties["Environment"]).toEqual({ Variables: environment });
      const [source] = ofType("AWS::Lambda::EventSourceMapping").filter(([, each]) =>
        isDeepStrictEqual(each.Properties["FunctionName"], {
          "Fn::GetAtt": [`${capital(name)}LambdaFunction`, "Arn"],
        }),
      );
      expect(source?.[1].Properties).toEqual(
        spec.source && {
          BatchSize: spec.source.batchSize,
          Enabled: true,
          EventSourceArn: { "Fn::GetAtt": [spec.source.queue, "Arn"] },
          FunctionName: { "Fn::GetAtt": [`${capital(name)}LambdaFunction`, "Arn"] },
          FunctionResponseTypes: spec.source.partialFailures ? ["ReportBatchItemFailures"] : [],
          ScalingConfig: { MaximumConcurrency: spec.concurrency },
        },
      );
    }
    expect(Object.entries(queues)).toEqual(ofType("AWS::SQS::Queue"));
    const everyMs = functions.flatMap((spec) => spec.everyMs ?? []);
    expect(everyMs).toEqual([60_000]);
    expect(functions.filter(({ servesHttp }) => servesHttp)).toMatchObject([{ name: "api" }]);
  });
});

describe("the watch", () => {
  it("sweeps every minute, and no sweep outlasts its minute", () => {
    const [[, rule] = []] = ofType("AWS::Events::Rule");
    expect(rule?.Properties).toMatchObject({
      ScheduleExpression: "rate(1 minute)",
      State: "ENABLED",
    });
    expect(resource("SweepLambdaFunction").Properties["Timeout"]).toBeLessThan(60);
  });

  it("has an alarm for each thing that goes wrong, on metrics that there are", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm");
    expect(alarms.map(([id]) => id)).toEqual([
      "DeadLetterAlarm",
      "OldestMessageAlarm",
      "SweepAlarm",
      "FunctionThrottleAlarm",
      "TableThrottleAlarm",
    ]);
    const metrics = alarms.flatMap(([, { Properties }]) => metricsOf(Properties));
    expect(metrics.length).toBeGreaterThan(8);
    expect(metrics.filter(([namespace, name]) => !isMetric(namespace, name))).toEqual([]);
    for (const [, { Properties }] of alarms) {
      expect(Properties["AlarmActions"]).toEqual([{ Ref: "AlarmTopic" }]);
    }
  });

  it("allows for a message that is delayed as long as can be", () => {
    expect(resource("OldestMessageAlarm").Properties["Threshold"]).toBeGreaterThan(
      MAX_DELAY_MS / 1000,
    );
  });

  it("has a dashboard of metrics that there are", () => {
    const { DashboardBody } = resource("Dashboard").Properties as {
      DashboardBody: { "Fn::Sub": string };
    };
    const { widgets } = JSON.parse(DashboardBody["Fn::Sub"]) as {
      widgets: { properties: { metrics: [string, string][] } }[];
    };
    const metrics = widgets.flatMap(({ properties }) => properties.metrics);
    expect(metrics.length).toBeGreaterThan(15);
    expect(metrics.filter(([namespace, name]) => !isMetric(namespace, name))).toEqual([]);
  });
});

function metricsOf(alarm: Record<string, unknown>): [namespace: string, name: string][] {
  const metrics = alarm["Metrics"] as {
    MetricStat?: { Metric: { Namespace: string; MetricName: string } };
  }[];
  return metrics.flatMap(({ MetricStat }) =>
    MetricStat ? [[MetricStat.Metric.Namespace, MetricStat.Metric.MetricName]] : [],
  );
}

/** Loads a packaged function in a process of its own, with these variables and no others. */
function loadBundle(name: string, bundle: Buffer, variables: string[]): string {
  const path = join(packaged.folder, `${name}.mjs`);
  writeFileSync(path, bundle);
  const source = `import(${JSON.stringify(path)}).then(({ handler }) => console.log(typeof handler))`;
  const values = variables.map((variable) => [variable, "https://sqs.example.com/1/turns"]);
  return execFileSync(process.execPath, ["--eval", source], {
    env: {
      ...Object.fromEntries(values),
      AWS_REGION: "eu-central-1",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
    encoding: "utf8",
  }).trim();
}
