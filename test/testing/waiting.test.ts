/** What a test hears that waits for a run of the test engine. */
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  channel,
  hook,
  isCancellation,
  shield,
  sleep,
  step,
  TimeoutError,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { createGate } from "../engine/gate.ts";
import { silent } from "../silent.ts";

afterEach(() => void vi.useRealTimers());

const nap = workflow("nap", async () => {
  await sleep("1h");
  return "rested";
});
const slowGoodbye = workflow("slow_goodbye", async () => {
  try {
    await sleep("1d");
  } catch (error) {
    if (isCancellation(error)) await shield(() => sleep("10m"));
    throw error;
  }
});
const doze = step("doze", () => sleep(500));
const dozing = workflow("dozing", async () => {
  await doze();
  return "awake";
});
const dozingGoodbye = workflow("dozing_goodbye", async () => {
  try {
    await hook("h");
  } catch (error) {
    await shield(doze);
    throw error;
  }
});
const flaky = workflow("flaky", async () => {
  await step("flaky", () => Promise.reject(new Error("not yet")), { backoff: "fixed" })();
});

describe("a wait for a run that only time can bring forward", () => {
  test.each([
    ["sleeps", "nap", {}],
    ["waits to try again", "flaky", {}],
    ["has a step that sleeps", "dozing", {}],
    ["is to start later", "nap", { startAt: new Date("2030-01-01T06:00:00Z") }],
  ] as const)(
    "is given up at once when the run %s, and says how to go on",
    async (_what, name, how) => {
      const engine = createTestEngine({ workflows: [nap, flaky, dozing], logger: silent });
      const run = await engine.start(name, undefined, how);
      const waited = run.result();
      await expect(waited).rejects.toBeInstanceOf(TimeoutError);
      await expect(waited).rejects.toThrow(
        /only time can bring it forward.*clock\.advance\("1h"\)/s,
      );
    },
  );

  test("names the hooks that the run waits for, and says how to go on", async () => {
    const asking = workflow("asking", async () => await Promise.race([hook("a"), hook("b")]));
    const engine = createTestEngine({ workflows: [asking] });
    const run = await engine.start(asking);
    const waited = run.result();
    await expect(waited).rejects.toBeInstanceOf(TimeoutError);
    await expect(waited).rejects.toThrow(/suspended, and waits for hook "a", "b".*resumeHook/s);
    const [, b] = await engine.hooks(run.runId);
    const answered = run.result();
    await engine.resumeHook(b?.token ?? "", "yes");
    expect(await answered.catch(() => run.result())).toBe("yes");
  });

  test("names the channels that the run waits for, and says how to go on", async () => {
    const [left, right] = [channel("left"), channel("right")];
    const asking = workflow(
      "asking",
      async () => await Promise.race([left.receive(), right.receive()]),
      { channels: [left, right] },
    );
    const engine = createTestEngine({ workflows: [asking] });
    const run = await engine.start(asking);
    const waited = run.result();
    await expect(waited).rejects.toBeInstanceOf(TimeoutError);
    await expect(waited).rejects.toThrow(
      /suspended, and waits for a message on channel "left", "right".*engine\.send/s,
    );
    const answered = run.result();
    await engine.send(run.runId, right, "yes");
    expect(await answered.catch(() => run.result())).toBe("yes");
  });

  test("names the problem of a run that has one", async () => {
    const foreign = workflow("foreign", async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await sleep("1h");
    });
    const engine = createTestEngine({ workflows: [foreign], logger: silent });
    const run = await engine.start(foreign);
    await engine.settle();
    await expect(run.result()).rejects.toThrow(/cannot go on: /);
  });

  test("is given up when the clock has moved, but not far enough", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    const run = await engine.start(nap);
    const waited = run.result();
    await engine.clock.advance("59m");
    await expect(waited).rejects.toThrow(/only time can bring it forward/);
  });

  test("goes on while the clock moves, whoever began first", async () => {
    const engine = createTestEngine({ workflows: [nap] });
    const run = await engine.start(nap);
    const waited = run.result();
    await engine.clock.advance("1h");
    expect(await waited).toBe("rested");
  });

  test("is no wait for a step that the test holds up", async () => {
    const gate = createGate();
    const order = workflow("order", async () => {
      await step("wait", () => gate.pass())();
      return "done";
    });
    const engine = createTestEngine({ workflows: [order], patience: 1 });
    const run = await engine.start(order);
    const waited = run.result();
    await vi.waitUntil(() => gate.reached === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    gate.open();
    expect(await waited).toBe("done");
  });

  test("is given up for a cancel whose clean-up has a step that sleeps, which the clock ends", async () => {
    const engine = createTestEngine({ workflows: [dozingGoodbye] });
    const run = await engine.start(dozingGoodbye);
    await engine.settle();
    const cancelled = engine.cancel(run.runId, { wait: true });
    await expect(cancelled).rejects.toThrow(/one of its steps sleeps.*clock\.advance/s);
    const ended = engine.waitForEnd(run.runId);
    await engine.clock.advance(500);
    expect(await ended).toMatchObject({ status: "cancelled" });
  });

  test("is no wait for a step that the test holds up beside one that sleeps", async () => {
    const gate = createGate();
    const both = workflow("both", async () => {
      await Promise.race([doze(), step("wait", () => gate.pass())()]);
      return "done";
    });
    const engine = createTestEngine({ workflows: [both], patience: 1 });
    const run = await engine.start(both);
    const waited = run.result();
    await vi.waitUntil(() => gate.reached === 1);
    await engine.settle();
    gate.open();
    expect(await waited).toBe("done");
  });

  test("is given up for a cancel as well, of one run and of all", async () => {
    const engine = createTestEngine({ workflows: [slowGoodbye, nap] });
    const slow = await engine.start(slowGoodbye);
    await engine.start(nap, undefined, { runId: "quick" });
    await engine.settle();
    await expect(slow.cancel({ wait: true })).rejects.toThrow(/only time can bring it forward/);
    const ended: string[] = [];
    const all = async (): Promise<void> => {
      for await (const { runId } of engine.cancelAll({}, { wait: true })) ended.push(runId);
    };
    await expect(all()).rejects.toBeInstanceOf(TimeoutError);
    expect(ended).toEqual(["quick"]);
    await engine.clock.advance("10m");
    expect(await engine.getRun(slow.runId)).toMatchObject({ status: "cancelled" });
  });
});

describe("fake timers of the test", () => {
  test("do not hold the engine up, and move the steps that use them", async () => {
    vi.useFakeTimers();
    const order = workflow("order", async () => {
      await step("slow", () => new Promise((resolve) => setTimeout(resolve, 60_000)))();
      await sleep("1h");
      return "done";
    });
    const engine = createTestEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect((await engine.getRun(run.runId)).status).toBe("running");
    await vi.advanceTimersByTimeAsync(60_000);
    await engine.settle();
    expect((await engine.getRun(run.runId)).status).toBe("suspended");
    await engine.clock.advance("1h");
    expect(await run.result()).toBe("done");
  });

  test("that were there first are refused with what to do", async () => {
    vi.useFakeTimers();
    vi.resetModules();
    const late = await import("../../src/testing/index.ts");
    expect(() => late.createTestEngine({ workflows: [] })).toThrow(/had been replaced before/);
  });
});
