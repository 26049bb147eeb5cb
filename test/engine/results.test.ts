import { expect, test } from "vitest";
import { createEngine as createPlainEngine } from "../../src/engine/index.ts";
import {
  CancellationError,
  InvalidInputError,
  RunEndedError,
  RunNotFoundError,
  sleep,
  TimeoutError,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

const nap = workflow("nap", async (seconds: number) => {
  await sleep(`${seconds}s`);
  return `slept ${seconds}`;
});

describeOnEachStore("the result of a run", ({ createEngine }) => {
  test("is waited for until the run has ended", async () => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    const waiting = Promise.all([run.result(), engine.result(run.runId), engine.result(run)]);
    await engine.clock.advance("6s");
    expect(await waiting).toEqual(["slept 5", "slept 5", "slept 5"]);
  });

  test("is waited for as long as was asked, and the run goes on", async () => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    const waiting = expect(run.result({ timeout: "2s" })).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("suspended"),
    });
    await engine.clock.advance("2s");
    await waiting;
    await engine.clock.advance("3s");
    expect(await run.result({ timeout: 0 })).toBe("slept 5");
  });

  test("is refused at once when no time is given to a run that goes on", async () => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    await expect(run.result({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
  });

  test("is told at once when this engine ends the run", async () => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    const waiting = run.result();
    await engine.clock.advance("5s");
    expect(await waiting).toBe("slept 5");
  });

  test("is told when another engine ends the run", async () => {
    const other = createEngine({ workflows: [nap] });
    // It asks the store by the real clock, and works on nothing.
    const scheduler = { send: async () => {} };
    const engine = createPlainEngine({ workflows: [nap], store: other.store, scheduler });
    const run = await other.start(nap, 5);
    const waiting = engine.result(run.runId);
    await other.clock.advance("5s");
    expect(await waiting).toBe("slept 5");
  });

  test("is there at once when another engine has ended the run", async () => {
    const engine = createEngine({ workflows: [nap] });
    const other = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    await engine.settle();
    await other.clock.advance("5s");
    expect(await run.result({ timeout: 0 })).toBe("slept 5");
  });

  test("of a cancelled run is its CancellationError", async () => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    await engine.settle();
    await run.cancel({ reason: "enough", requestedBy: "alice" });
    await engine.settle();
    await expect(run.result()).rejects.toBeInstanceOf(CancellationError);
    await expect(run.result()).rejects.toMatchObject({
      reason: "enough",
      requestedBy: "alice",
      requestedAt: new Date("2030-01-01T00:00:00Z"),
    });
  });

  test("of a terminated run is a RunEndedError with the reason", async () => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    await engine.terminate(run.runId, { reason: "stuck" });
    await expect(run.result()).rejects.toBeInstanceOf(RunEndedError);
    await expect(run.result()).rejects.toMatchObject({ status: "terminated", reason: "stuck" });
  });

  test("of an unknown run is a RunNotFoundError", async () => {
    const engine = createEngine({ workflows: [nap] });
    await expect(engine.result("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
    await expect(engine.result("")).rejects.toMatchObject({ code: "run.notFound" });
  });

  test.each([-1, Number.NaN, "soon", ""])("refuses to wait for %j", async (timeout) => {
    const engine = createEngine({ workflows: [nap] });
    const run = await engine.start(nap, 5);
    await expect(run.result({ timeout })).rejects.toBeInstanceOf(InvalidInputError);
    await expect(run.cancel({ wait: true, timeout })).rejects.toBeInstanceOf(InvalidInputError);
    expect((await engine.getRun(run.runId)).cancellation).toBeUndefined();
  });
});
