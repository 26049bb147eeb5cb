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
    expect(await store.runs.list({}, { limit: 10 })).toEqual({ runs: [] });
    expect(await store.runs.listDue({ until: 0, limit: 10 })).toEqual([]);
    client.destroy();
  });

  it("is backed up, paid by use, and outlives the stack", () => {
    expect(resource("Table")).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
  });
});

describe("the API", () => {
  it("takes so many requests and no more, and writes of each who sent it and how it ended", () => {
    const { DefaultRouteSettings, AccessLogSettings } = resource("HttpApiStage").Properties as {
      DefaultRouteSettings: Record<string, unknown>;
      AccessLogSettings: { DestinationArn: unknown; Format: string };
    };
    expect(DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 200,
      ThrottlingBurstLimit: 400,
    });
    expect(AccessLogSettings.DestinationArn).toEqual({ "Fn::GetAtt": ["HttpApiLogGroup", "Arn"] });
    const fields: unknown = JSON.parse(AccessLogSettings.Format);
    expect(fields).toMatchObject({ ip: "$context.identity.sourceIp", status: "$context.status" });
    // The path of a hook holds its token.
    expect(AccessLogSettings.Format).not.toMatch(/path|authorizer|header|query/i);
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
      const path = `build/functions/${name}`;
      expect(files.map(([each]) => each).sort()).toEqual([`${path}.licences.txt`, `${path}.mjs`]);
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      const [, bundle = Buffer.of()] = files.find(([each]) => each === `${path}.mjs`) ?? [];
      expect(loadBundle(name, bundle, Object.keys(Variables))).toBe("function");
    }
  });

  it("run on arm64 with Node 22, and their logs end", () => {
    for (const [, { Properties }] of ofType("AWS::Lambda::Function")) {
      expect(Properties).toMatchObject({ Runtime: "nodejs22.x", Architectures: ["arm64"] });
    }
    const groups = ofType("AWS::Logs::LogGroup");
    expect(groups).toHaveLength(5);
    for (const [, { Properties }] of groups)
      expect(Properties).toMatchObject({ RetentionInDays: 30 });
  });

  it("have a share of the account's concurrency each, as large as their queue makes use of", () => {
    const shares = ofType("AWS::Lambda::Function").map(
      ([, { Properties }]) => Properties["ReservedConcurrentExecutions"],
    );
    expect(shares).toEqual([100, 100, 2, 2]);
    for (const [, { Properties }] of ofType("AWS::Lambda::EventSourceMapping")) {
      const [id = ""] = Object.values(Properties["FunctionName"] as object).flat();
      const { ReservedConcurrentExecutions: MaximumConcurrency } = resource(id).Properties;
      expect(Properties["ScalingConfig"]).toEqual({ MaximumConcurrency });
    }
  });

  it("have nothing secret in their environment: the API is told where its token is", () => {
    const text = JSON.stringify(ofType("AWS::Lambda::Function"));
    expect(text).not.toContain("resolve:");
    const { Variables } = resource("ApiLambdaFunction").Properties["Environment"] as {
      Variables: object;
    };
    expect(Variables).toHaveProperty("DETENT_TOKEN_SECRET", { Ref: "ApiToken" });
    expect(JSON.stringify(resource("ApiRole"))).toContain("secretsmanager:GetSecretValue");
    for (const role of ["TurnRole", "SweepRole", "DeadLetterRole"]) {
      expect(JSON.stringify(resource(role))).not.toContain("secretsmanager");
    }
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
  it("give a message up within ten minutes, also one that kills its function each time", () => {
    const { Timeout } = resource("TurnLambdaFunction").Properties;
    expect(Timeout).toBe(TURN_TIMEOUT_SECONDS);
    const { VisibilityTimeout, RedrivePolicy } = resource("TurnQueue").Properties;
    // Lambda takes no queue whose messages come again while their function is at work.
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(Number(Timeout));
    const { maxReceiveCount } = RedrivePolicy as { maxReceiveCount: number };
    expect(maxReceiveCount).toBeGreaterThan(2);
    expect(maxReceiveCount * Number(VisibilityTimeout)).toBeLessThanOrEqual(600);
    const deadLetterTimeout = resource("DeadLetterLambdaFunction").Properties["Timeout"];
    expect(resource("DeadLetterQueue").Properties["VisibilityTimeout"]).toBeGreaterThan(
      Number(deadLetterTimeout),
    );
  });

  it("talk to nobody who does not use TLS", () => {
    const denied = ofType("AWS::SQS::QueuePolicy").map(([, { Properties }]) => Properties);
    for (const queue of ["TurnQueue", "DeadLetterQueue"]) {
      expect(denied).toContainEqual({
        Queues: [{ Ref: queue }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "sqs:*",
              Resource: { "Fn::GetAtt": [queue, "Arn"] },
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      });
    }
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
      maxReceiveCount: 4,
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
      "ProblemAlarm",
      "FailedRunsAlarm",
      "FunctionErrorAlarm",
      "DeadLetterAlarm",
      "OldestMessageAlarm",
      "SweepAlarm",
      "FunctionThrottleAlarm",
      "TableThrottleAlarm",
    ]);
    const metrics = alarms.flatMap(([, { Properties }]) => metricsOf(Properties));
    expect(metrics.length).toBeGreaterThan(8);
    expect(metrics.filter((metric) => !isKnown(metric))).toEqual([]);
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
    expect(metrics.filter((metric) => !isKnown(metric))).toEqual([]);
  });
});

/** Whether AWS has the metric, or a filter of the stack counts it. */
function isKnown([namespace, name]: [namespace: string, name: string]): boolean {
  const counted = ofType("AWS::Logs::MetricFilter").flatMap(
    ([, { Properties }]) =>
      Properties["MetricTransformations"] as {
        MetricNamespace: { "Fn::Sub": string };
        MetricName: string;
      }[],
  );
  const isCounted = counted.some(
    ({ MetricNamespace, MetricName }) =>
      MetricNamespace["Fn::Sub"] === namespace && MetricName === name,
  );
  return isCounted || isMetric(namespace, name);
}

function metricsOf(alarm: Record<string, unknown>): [namespace: string, name: string][] {
  const metrics = alarm["Metrics"] as {
    MetricStat?: { Metric: { Namespace: string | { "Fn::Sub": string }; MetricName: string } };
  }[];
  return metrics.flatMap(({ MetricStat }) => (MetricStat ? [nameOf(MetricStat.Metric)] : []));
}

function nameOf({
  Namespace,
  MetricName,
}: {
  Namespace: string | { "Fn::Sub": string };
  MetricName: string;
}): [namespace: string, name: string] {
  return [typeof Namespace === "string" ? Namespace : Namespace["Fn::Sub"], MetricName];
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
