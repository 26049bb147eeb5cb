import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { exampleInput } from "../../src/cli/dev/example-input.ts";
import { showReady } from "../../src/cli/dev/show-ready.ts";
import { userFrames } from "../../src/cli/dev/user-frames.ts";
import { workflow } from "../../src/index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("an example of an input", () => {
  const patterns: Record<string, z.ZodType> = {
    "what it begins with": z.string().startsWith("cus_"),
    "what it ends with": z.string().endsWith(".csv"),
    "classes and counts": z.string().regex(/^[A-Z]{3}-\d{2,4}$/),
    "groups and alternatives": z.string().regex(/^(?:ord|inv)_[0-9a-f]{8}(-x)?$/),
    "characters beyond the first plane": z
      .string()
      .regex(/^[^\u{1F600}-\u{1F64F}]x[\u{1F600}]?!$/u),
    "escapes and exclusions": z.string().regex(/^\+49 \(0\)[^0-9]\w+\.$/),
  };

  test.for(Object.entries(patterns))("fits a pattern by %s", async ([, schema]) => {
    const text = await exampleInput(workflow("w", async () => 1, { input: schema }));
    expect(schema.safeParse(JSON.parse(text ?? "null")).success).toBe(true);
  });

  test("is none where no text of that kind can be made", async () => {
    const input = z.string().regex(/^(?=.*\d)(?=.*[a-z])[a-z\d]{12}$/);
    expect(await exampleInput(workflow("w", async () => 1, { input }))).toBeUndefined();
  });
});

test("without an example both commands read the input from one file", () => {
  const ready = showReady({
    url: "http://127.0.0.1:1",
    token: "t",
    module: "m.ts",
    names: ["order"],
    example: undefined,
    page: undefined,
    store: "memory",
  });
  const text = ready.table(pc.createColors(false), 80);
  expect(text).toContain("detent workflows run order --input @input.json --wait");

  const folder = mkdtempSync(join(tmpdir(), "detent-ready-"));
  folders.push(folder);
  writeFileSync(join(folder, "input.json"), '{"orderId":"it\'s 1"}');
  const body = / -d (.+)$/m.exec(text)?.[1] ?? "";
  const sent = execFileSync("sh", ["-c", `printf %s ${body}`], { cwd: folder, encoding: "utf8" });
  expect(JSON.parse(sent)).toEqual({ input: { orderId: "it's 1" } });
});

test("frames that lie in no file of the user's are not shown", () => {
  const stack = [
    "Error: out of paper",
    "    at print (/home/ada/workflows.ts:3:7)",
    "    at new Promise (<anonymous>)",
    "    at async /home/ada/workflows.ts:9:1",
    "    at Array.map (<anonymous>)",
    "    at process (node:internal/process/task_queues:105:5)",
  ].join("\n");
  expect(userFrames(stack).map((line) => line.trim())).toEqual([
    "at print (/home/ada/workflows.ts:3:7)",
    "at async /home/ada/workflows.ts:9:1",
  ]);
});
