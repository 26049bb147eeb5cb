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

/** Runs a program in a process of its own. */
function run(
  program: string,
  ...flags: string[]
): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    [...flags, "--import", "tsx", "--input-type=module", "--eval", program],
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

/** Rejects promises that nobody awaits yet: of a workflow and, later, of steps. */
const CANCELLED = `
  import { createTestEngine } from "./src/testing/index.ts";
  import { createConsoleLogger } from "./src/platform/json-logger.ts";
  import { getContext, sleep, step, workflow } from "./src/index.ts";
  const helper = async () => sleep("1h");
  const order = workflow("order", async () => {
    const p = helper();
    const all = Promise.all([p, sleep("1h")]);
    const wrapped = helper().catch((cause) => { throw new Error("wrapped", { cause }); });
    await sleep("1m");
    await Promise.all([p, all, wrapped]);
  });
  const asks = step("asks", async () => {
    const { checkCancellation, signal } = getContext();
    const asking = (async () => { for (;;) { await sleep(1000); await checkCancellation(); } })();
    const listening = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    await sleep("10s");
    await Promise.all([asking, listening]);
  }, { timeout: "1m" });
  const late = step("late", async () => {
    const { signal } = getContext();
    const listening = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    await sleep("1h");
    await listening;
  }, { timeout: "1s", retries: 0 });
  const working = workflow("working", async () => asks());
  const slow = workflow("slow", async () => late());
  const logger = createConsoleLogger("silent");
  const engine = createTestEngine({ workflows: [order, working, slow], logger });
  const runs = [await engine.start(order), await engine.start(working), await engine.start(slow)];
  await engine.settle();
  for (const { runId } of runs.slice(0, 2)) await engine.cancel(runId);
  await engine.clock.advance("1m");
  for (const { runId } of runs) console.log((await engine.getRun(runId)).status);
`;

const SAID = "cancelled\ncancelled\nfailed\n";

describe("the engine's own rejections", () => {
  const MODES = ["throw", "strict", "warn", "warn-with-error-code", "none"];

  test.each(MODES)("end no process and are not complained of, in the mode %s", async (mode) => {
    const { code, output } = await run(CANCELLED, `--unhandled-rejections=${mode}`);
    expect(output).toBe(SAID);
    expect(code).toBe(0);
  });

  test("are not heard of as exceptions either", async () => {
    const { code, output } = await run(
      `
      for (const event of ["unhandledRejection", "rejectionHandled", "uncaughtException", "uncaughtExceptionMonitor", "warning"]) {
        process.on(event, (heard) => console.log("heard", event, heard?.message));
      }
      ${CANCELLED}`,
      "--unhandled-rejections=strict",
    );
    expect(output).toBe(SAID);
    expect(code).toBe(0);
  });
});

describe("a rejection that is not the engine's", () => {
  const theirs = `${CANCELLED}
    void Promise.reject(new Error("not ours"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log("still alive");
  `;

  test.each(["throw", "strict"])("brings a process down as ever, in the mode %s", async (mode) => {
    const { code, output } = await run(theirs, `--unhandled-rejections=${mode}`);
    expect(output).toContain("not ours");
    expect(output).not.toContain("still alive");
    expect(code).toBe(1);
  });

  test.each([
    ["warn", 0],
    ["warn-with-error-code", 1],
  ])("is warned of as ever, in the mode %s", async (mode, expected) => {
    const { code, output } = await run(theirs, `--unhandled-rejections=${mode}`);
    expect(output.match(/UnhandledPromiseRejectionWarning: Error: not ours/g)).toHaveLength(1);
    expect(output.match(/UnhandledPromiseRejectionWarning/g)).toHaveLength(2);
    expect(output).toContain("still alive");
    expect(code).toBe(expected);
  });

  test("is caught as ever by who catches exceptions, in the mode strict", async () => {
    const { code, output } = await run(
      `
      process.on("uncaughtException", (error, origin) => console.log("caught", error.message, origin));
      ${theirs}`,
      "--unhandled-rejections=strict",
    );
    expect(output.match(/caught .*/g)).toEqual(["caught not ours unhandledRejection"]);
    expect(output).toContain("still alive");
    expect(code).toBe(0);
  });

  test("reaches whoever listens as ever", async () => {
    const { code, output } = await run(`
      process.on("unhandledRejection", (reason) => console.log("heard", reason.message));
      ${theirs}`);
    expect(output.match(/heard .*/g)).toEqual(["heard not ours"]);
    expect(output).toContain("still alive");
    expect(code).toBe(0);
  });
});
