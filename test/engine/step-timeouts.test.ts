import { expect, test } from "vitest";
import {
  getContext,
  StepFailedError,
  StepTimeoutError,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";

describeOnEachStore("a step with a timeout", ({ createEngine }) => {
  test("that takes longer fails each attempt with a StepTimeoutError", async () => {
    const began: number[] = [];
    const hang = step(
      "hang",
      () => {
        began.push(engine.clock.now());
        return new Promise(() => {});
      },
      { timeout: "30s", retries: 1, backoff: { initial: "1s", jitter: false } },
    );
    const order = workflow("order", async () => hang().catch((error: unknown) => error));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("2m");
    const error = (await run.result()) as Error;
    expect(error).toBeInstanceOf(StepFailedError);
    expect(error).toMatchObject({ attempts: 2 });
    expect(error.cause).toBeInstanceOf(StepTimeoutError);
    expect(error.cause).toMatchObject({ message: expect.stringContaining("30000 ms") });
    expect(began).toHaveLength(2);
    // What hangs is waited for 5 s before it is tried again.
    expect(Number(began[1]) - Number(began[0])).toBe(36_000);
    expect(await storyOf(engine, run.runId, { only: /step/ })).toEqual([
      "step.started hang",
      "step.retrying hang",
      "step.started hang #2",
      "step.failed hang #2",
    ]);
  });

  test("is told by its signal, with the StepTimeoutError as reason", async () => {
    const reasons: unknown[] = [];
    const listen = step(
      "listen",
      () => {
        const { signal } = getContext();
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push(signal.reason);
            reject(new Error("stopped"));
          });
        });
      },
      { timeout: 500, retries: 0 },
    );
    const order = workflow("order", async () => listen());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("1s");
    expect(reasons).toEqual([expect.any(StepTimeoutError)]);
    await expect(run.result()).rejects.toMatchObject({ cause: { code: "step.timeout" } });
  });

  test("has its time for each attempt anew", async () => {
    let attempts = 0;
    const slow = step(
      "slow",
      async () => {
        attempts += 1;
        await sleep(attempts === 1 ? "2s" : "900ms");
        return attempts;
      },
      { timeout: "1s", backoff: { initial: 0 } },
    );
    const order = workflow("order", async () => slow());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("1m");
    expect(await run.result()).toBe(2);
  });

  test("that ends in time has no timeout left behind", async () => {
    const signals: AbortSignal[] = [];
    const quick = step(
      "quick",
      async () => {
        signals.push(getContext().signal);
        return "done";
      },
      { timeout: "1s" },
    );
    const order = workflow("order", async () => {
      await quick();
      await sleep("1m");
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("2m");
    await run.result();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  test("that returns after its timeout has its late result dropped", async () => {
    const gate = createGate();
    let attempts = 0;
    const late = step(
      "late",
      async () => {
        attempts += 1;
        if (attempts > 1) return "second";
        await gate.pass();
        return "first";
      },
      { timeout: "1s", backoff: { initial: "5s", jitter: false } },
    );
    const order = workflow("order", async () => late());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("2s");
    gate.open();
    await engine.clock.advance("10s");
    expect(await run.result()).toBe("second");
  });

  test("that throws after its timeout brings nothing down", async () => {
    const gate = createGate();
    const late = step(
      "late",
      async () => {
        await gate.pass();
        throw new Error("too late to matter");
      },
      { timeout: "1s", retries: 0 },
    );
    const order = workflow("order", async () => late().catch(() => "caught"));
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("7s");
    expect(await run.result()).toBe("caught");
    gate.open();
    await engine.settle();
  });
});
