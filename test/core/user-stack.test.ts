import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { userStack } from "../../src/core/user-stack.ts";
import { FatalError, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { silent } from "../silent.ts";

const own = new URL("../../src/", import.meta.url).pathname;

describe("of a stack is kept", () => {
  test("what the error says and the user's frames, without those of packages, the runtime and ours", () => {
    const stack = [
      "TypeError: no such shelf",
      "    at reserve (/app/steps/reserve.ts:7:11)",
      "    at Array.map (<anonymous>)",
      "    at /app/steps/all.ts:3:9",
      "    at Client.send (/app/node_modules/@aws-sdk/client/index.js:1:2)",
      "    at async C:\\app\\node_modules\\hono\\dist\\compose.js:22:17",
      "    at new Promise (<anonymous>)",
      `    at Attempt.run (${own}engine/steps/attempt.ts:60:9)`,
      `    at async file://${own}engine/turn/run-task.ts:1:1`,
      "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
      "    at async order (file:///app/order.ts:12:5)",
      "    at async Promise.all (index 0)",
    ].join("\n");
    expect(userStack(stack, "no such shelf")).toBe(
      [
        "TypeError: no such shelf",
        "    at reserve (/app/steps/reserve.ts:7:11)",
        "    at Array.map (<anonymous>)",
        "    at /app/steps/all.ts:3:9",
        "    at async order (file:///app/order.ts:12:5)",
      ].join("\n"),
    );
  });

  test("in a bundle what is inside the call of the user's code", () => {
    const stack = [
      "Error: no",
      "    at e (/var/task/turn.mjs:1:2)",
      "    at async t (/var/task/turn.mjs:3:4)",
      "    at async Object.detentCallsUserCode (/var/task/turn.mjs:5:6)",
      "    at async s.run (/var/task/turn.mjs:7:8)",
    ];
    expect(userStack(stack.join("\n"), "no")).toBe(stack.slice(0, 3).join("\n"));
  });

  test("a message of several lines, whatever they look like", () => {
    const message = "it broke\n    at step 3 (/x/node_modules/y:1:1)\n\nsorry";
    const stack = `Error: ${message}\n    at f (/app/f.ts:1:1)\n    at g (node:fs:1:1)`;
    expect(userStack(stack, message)).toBe(`Error: ${message}\n    at f (/app/f.ts:1:1)`);
  });

  test("all of it when it has no frames that are known as such", () => {
    for (const stack of ["", "Error: no", "reserve@https://a.example/app.js:1:2", "x".repeat(10)]) {
      expect(userStack(stack, "no")).toBe(stack);
    }
    expect(userStack(undefined, "no")).toBeUndefined();
  });

  test("the same when it is kept once more", () => {
    const error = new Error("no");
    const once = userStack(error.stack, error.message);
    expect(userStack(once, error.message)).toBe(once);
    expect(once).toMatch(/^Error: no\n {4}at .*user-stack\.test\.ts:\d+:\d+$/);
  });

  test("in reasonable time of a long one", () => {
    const frames = `    at f (/app/f.ts:1:1)\n`.repeat(1_000_000);
    expect(userStack(`Error: no\n${frames}`, "no")?.length).toBeLessThan(70_000);
    const lines = `${" ".repeat(50_000)}\n`.repeat(100);
    expect(userStack(`Error: ${lines}`, "")?.length).toBeGreaterThan(0);
  });
});

test("a run's record, its events and its result show where in the user's code it failed, and nothing else", async () => {
  const charge = step("charge", async () => {
    const declined = (): never => {
      throw new FatalError("declined", { cause: new Error("no card") });
    };
    declined();
  });
  const order = workflow("order", async () => {
    await charge();
  });
  const engine = createTestEngine({ workflows: [order], logger: silent });
  const { runId } = await engine.start(order);
  await engine.settle();
  const { error } = await engine.getRun(runId);
  const { events } = await engine.getEvents(runId);
  const failed = events.find((event) => event.type === "step.failed")?.error;
  const thrown: unknown = await engine.result(runId).catch((it: unknown) => it);
  for (const stack of [
    error?.cause?.stack,
    failed?.stack,
    ((thrown as Error).cause as Error).stack,
  ]) {
    const [head, ...frames] = stack?.split("\n") ?? [];
    expect(head).toBe("FatalError: declined");
    expect(frames[0]).toMatch(/at declined .*user-stack\.test\.ts/);
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) expect(frame).toContain("user-stack.test.ts");
  }
});

test("so it is in a bundle that was made small, where all code lies in one file", async () => {
  const place = await mkdtemp(join(tmpdir(), "detent-bundle-"));
  try {
    const outfile = join(place, "app.mjs");
    await build({
      entryPoints: [fileURLToPath(new URL("bundled-failure.ts", import.meta.url))],
      outfile,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile]);
    const stacks: string[] = JSON.parse(stdout);
    // Where it was thrown, and what called that: in the step, and in the workflow after a pause.
    for (const stack of stacks) {
      expect(stack.split("\n").slice(1)).toEqual([
        expect.stringMatching(/^ {4}at .*app\.mjs:\d+:\d+\)?$/),
        expect.stringMatching(/^ {4}at .*app\.mjs:\d+:\d+\)?$/),
      ]);
    }
    expect(stacks).toHaveLength(2);
  } finally {
    await rm(place, { recursive: true });
  }
});
