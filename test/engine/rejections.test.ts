import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";

const seen: unknown[] = [];
const listen = (reason: unknown): void => void seen.push(reason);

beforeEach(() => {
  seen.length = 0;
  process.on("unhandledRejection", listen);
});

afterEach(() => {
  process.off("unhandledRejection", listen);
});

/** Rejections are reported once the microtasks are through. */
async function reported(): Promise<unknown[]> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return seen;
}

describeOnEachStore("a promise that nobody awaits yet", ({ createEngine }) => {
  const helper = async (): Promise<void> => {
    await sleep("1h");
    await step("later", async () => {})();
  };

  test("brings nothing down when its run is cancelled", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      const p = helper();
      const q = helper().then(() => "q");
      await step("b", () => gate.pass())();
      await step("c", async () => {})();
      await p;
      return await q;
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    expect(await reported()).toEqual([]);
  });

  test("brings nothing down when its step fails", async () => {
    const fail = step("fail", async () => Promise.reject(new Error("no")), { retries: 0 });
    const order = workflow("order", async () => {
      const p = (async () => {
        await fail();
      })();
      const any = Promise.any([fail(), fail()]);
      await sleep("1m");
      await any.catch(() => {});
      await p;
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "failed" });
    expect(await reported()).toEqual([]);
  });

  test("brings nothing down when it is never awaited at all", async () => {
    const order = workflow("order", async () => {
      void helper();
      void Promise.all([helper(), sleep("2h")]);
      await sleep("1m");
      return "done";
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    const other = await engine.start(order);
    await engine.settle();
    await engine.cancel(other.runId);
    await engine.clock.advance("5m");
    expect(await run.result()).toBe("done");
    expect(await engine.getRun(other.runId)).toMatchObject({ status: "cancelled" });
    expect(await reported()).toEqual([]);
  });
});

describe("a rejection that is not the engine's", () => {
  /** Runs a program in a process of its own. */
  function run(program: string): Promise<{ code: number | null; output: string }> {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "--eval", program],
      { cwd: new URL("../..", import.meta.url), stdio: ["ignore", "pipe", "pipe"] },
    );
    let output = "";
    child.stdout.on("data", (text) => {
      output += text;
    });
    child.stderr.on("data", (text) => {
      output += text;
    });
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
  }

  const cancelled = `
    import { createTestEngine } from "./src/testing/index.ts";
    import { sleep, workflow } from "./src/index.ts";
    const order = workflow("order", async () => {
      const p = (async () => sleep("1h"))();
      const all = Promise.all([p, sleep("1h")]);
      await sleep("1m");
      await Promise.all([p, all]);
    });
    const engine = createTestEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    console.log((await engine.getRun(runId)).status);
  `;

  test("the engine's own bring no process down", async () => {
    const { code, output } = await run(cancelled);
    expect(output).toContain("cancelled");
    expect(code).toBe(0);
  });

  test("brings a process down as ever", async () => {
    const { code, output } = await run(`${cancelled}
      void Promise.reject(new Error("not ours"));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      console.log("still alive");
    `);
    expect(output).toContain("not ours");
    expect(output).not.toContain("still alive");
    expect(code).toBe(1);
  });

  test("reaches whoever listens as ever", async () => {
    const { code, output } = await run(`
      process.on("unhandledRejection", (reason) => console.log("heard", reason.message));
      ${cancelled}
      void Promise.reject(new Error("not ours"));
      await new Promise((resolve) => setTimeout(resolve, 20));
      console.log("still alive");
    `);
    expect(output.match(/heard .*/g)).toEqual(["heard not ours"]);
    expect(output).toContain("still alive");
    expect(code).toBe(0);
  });
});
