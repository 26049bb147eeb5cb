/**
 * The stack as the emulator needs it: the functions from serverless.yml, the queues from
 * infra/stack. What it does not know of in serverless.yml it refuses, rather than run without it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { queues } from "../stack/queues.ts";
import type { Resource } from "../stack/template.ts";
import { parseTemplate, type TemplateValue } from "./template-value.ts";

export interface FunctionSpec {
  /** Its key in serverless.yml. */
  name: string;
  /** The bundle, from where serverless.yml is, and what it exports. */
  file: string;
  handler: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Record<string, TemplateValue>;
  /** How many may be at work at once, if the template limits it. */
  concurrency?: number;
  servesHttp: boolean;
  source?: QueueSource;
  /** Of its schedule. */
  everyMs?: number;
}

/** A queue that is read for a function. */
export interface QueueSource {
  /** Its name in the template. */
  queue: string;
  batchSize: number;
  /** Whether the function reports which messages failed. */
  partialFailures: boolean;
}

export interface Stack {
  functions: FunctionSpec[];
  queues: Record<string, Resource>;
}

/** What the Serverless Framework and Lambda take where serverless.yml says nothing. */
const DEFAULTS = { timeout: 6, memorySize: 1024, batchSize: 10 };
/** What makes no difference on one machine. */
const ELSEWHERE = {
  description: z.optional(z.unknown()),
  role: z.optional(z.unknown()),
  package: z.optional(z.unknown()),
  recursiveLoop: z.optional(z.unknown()),
};

const environmentSchema = z.optional(z.record(z.string(), z.unknown()));
const functionSchema = z.strictObject({
  ...ELSEWHERE,
  handler: z.string().check(z.regex(/^[^.]+\.\w+$/, "must be path/to/bundle.export")),
  timeout: z.optional(z.number()),
  memorySize: z.optional(z.number()),
  reservedConcurrency: z.optional(z.number()),
  maximumRetryAttempts: z.optional(z.literal(0, "must be 0: a schedule is not repeated here")),
  environment: environmentSchema,
  events: z.optional(
    z.array(
      z.union(
        [
          z.strictObject({ httpApi: z.literal("*") }),
          z.strictObject({ schedule: z.string() }),
          z.strictObject({
            sqs: z.strictObject({
              arn: z.strictObject({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) }),
              batchSize: z.optional(z.number()),
              functionResponseType: z.optional(z.literal("ReportBatchItemFailures")),
              maximumConcurrency: z.optional(z.number()),
            }),
          }),
        ],
        'is none of httpApi: "*", schedule: rate(…) and sqs with a queue\'s !GetAtt …Arn',
      ),
    ),
  ),
});
const serviceSchema = z.object({
  provider: z.object({
    timeout: z.optional(z.number()),
    memorySize: z.optional(z.number()),
    environment: environmentSchema,
  }),
  functions: z.record(z.string(), functionSchema),
});

type Provider = z.infer<typeof serviceSchema>["provider"];
type Given = z.infer<typeof functionSchema>;

/** @throws Error that lists what the emulator does not know. */
export function readStack(root: string): Stack {
  const read = serviceSchema.safeParse(
    parseTemplate(readFileSync(join(root, "serverless.yml"), "utf8")),
  );
  if (!read.success) {
    const problems = read.error.issues.flatMap(({ path, message, ...issue }) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `- ${[...path, key].join(".")}`)
        : [`- ${path.join(".")} ${message}`],
    );
    throw new Error(`The emulator does not know this in serverless.yml:\n${problems.join("\n")}`);
  }
  const { provider, functions } = read.data;
  return {
    functions: Object.entries(functions).map(([name, given]) => specOf(name, given, provider)),
    queues: Object.fromEntries(
      Object.entries(queues).filter(([, { Type }]) => Type === "AWS::SQS::Queue"),
    ),
  };
}

function specOf(name: string, given: Given, provider: Provider): FunctionSpec {
  const [path = "", handler = ""] = given.handler.split(".");
  const { events = [] } = given;
  const [sqs] = events.flatMap((event) => ("sqs" in event ? [event.sqs] : []));
  const [rate] = events.flatMap((event) => ("schedule" in event ? [event.schedule] : []));
  const limits = [given.reservedConcurrency, sqs?.maximumConcurrency];
  const concurrency = Math.min(...limits.filter((limit) => limit !== undefined));
  return {
    name,
    file: `${path}.mjs`,
    handler,
    timeoutMs: (given.timeout ?? provider.timeout ?? DEFAULTS.timeout) * 1000,
    memoryMb: given.memorySize ?? provider.memorySize ?? DEFAULTS.memorySize,
    environment: { ...provider.environment, ...given.environment },
    servesHttp: events.some((event) => "httpApi" in event),
    ...(Number.isFinite(concurrency) && { concurrency }),
    ...(rate !== undefined && { everyMs: millisOf(rate) }),
    ...(sqs && {
      source: {
        queue: sqs.arn["Fn::GetAtt"][0],
        batchSize: sqs.batchSize ?? DEFAULTS.batchSize,
        partialFailures: sqs.functionResponseType !== undefined,
      },
    }),
  };
}

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function millisOf(rate: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rate) ?? [];
  if (unit === undefined) throw new Error(`The emulator knows rate(…) alone, not ${rate}.`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
