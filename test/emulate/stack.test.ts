import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStack, type Stack } from "../../infra/emulator/stack.ts";
import { type Names, parseTemplate, resolveValue } from "../../infra/emulator/template-value.ts";

function stackOf(yaml: string): Stack {
  const root = mkdtempSync(join(tmpdir(), "detent-stack-"));
  try {
    writeFileSync(join(root, "serverless.yml"), yaml);
    return readStack(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe("serverless.yml", () => {
  it("is read with the defaults of Lambda and the Serverless Framework", () => {
    const { functions } = stackOf(`
provider: { name: aws, memorySize: 256, environment: { A: 1, B: 1 } }
functions:
  work:
    handler: dist/work.main
    reservedConcurrency: 3
    environment: { B: !Ref Table }
    events: [{ sqs: { arn: !GetAtt TurnQueue.Arn } }, { schedule: rate(2 hours) }]
`);
    expect(functions).toEqual([
      {
        name: "work",
        file: "dist/work.mjs",
        handler: "main",
        timeoutMs: 6_000,
        memoryMb: 256,
        environment: { A: 1, B: { Ref: "Table" } },
        concurrency: 3,
        servesHttp: false,
        everyMs: 7_200_000,
        source: { queue: "TurnQueue", batchSize: 10, partialFailures: false },
      },
    ]);
  });

  it("is refused with all in it that the emulator does not know", () => {
    const read = () =>
      stackOf(`
provider: {}
functions:
  one: { handler: a.b, vpc: x }
  two: { handler: a.b, events: [{ s3: photos }] }
`);
    expect(read).toThrow("The emulator does not know this in serverless.yml:");
    expect(read).toThrow("- functions.one.vpc");
    expect(read).toThrow(/functions\.two\.events\.0 is none of httpApi/);
  });

  it("is refused with a schedule that is no rate", () => {
    const yaml = `
provider: {}
functions: { one: { handler: a.b, events: [{ schedule: cron(0 12 * * ? *) }] } }
`;
    expect(() => stackOf(yaml)).toThrow("The emulator knows rate(…) alone, not cron(0 12");
  });
});

describe("a value of the template", () => {
  const names: Names = {
    refs: { Table: "runs", Secret: "the-secret" },
    arns: { Queue: "arn:queue" },
    secrets: { "the-secret": "s3cret" },
  };
  const resolve = (yaml: string): string => resolveValue(parseTemplate(yaml), names);

  it.each([
    ["text", "text"],
    ["5", "5"],
    ["!Ref Table", "runs"],
    ["!GetAtt Queue.Arn", "arn:queue"],
    ['!Join ["-", [a, !Ref Table, !Join ["", [b, c]]]]', "a-runs-bc"],
    ['!Join ["", ["{{resolve:secretsmanager:", !Ref Secret, "}}"]]', "s3cret"],
  ])("%s comes to %s", (yaml, value) => {
    expect(resolve(yaml)).toBe(value);
  });

  it.each([
    ["!Ref Bucket", 'no "Bucket"'],
    ["!GetAtt Table.Arn", 'no "Table"'],
    ["!GetAtt Queue.Name", "not"],
    ["$" + "{env:HOME}", "not"],
    ["{ Fn::Sub: a }", "not"],
    ["'{{resolve:secretsmanager:other}}'", 'no "other"'],
  ])("%s is refused", (yaml, why) => {
    expect(() => resolve(yaml)).toThrow(why);
  });
});
