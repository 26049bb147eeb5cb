import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import {
  CancellationError,
  getContext,
  isCancellation,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { describeOnEachStore, silent } from "./each-store.ts";
import { eventsOf } from "./story.ts";

/** A run of another engine that somebody has cancelled. */
async function cancelledElsewhere(): Promise<{ runId: string; wait: () => Promise<unknown> }> {
  const errand = workflow("errand", () => sleep("1h"));
  const other = createTestEngine({
    workflows: [errand],
    store: createMemoryStore(),
    logger: silent,
  });
  const { runId } = await other.start(errand);
  await other.settle();
  await other.cancel(runId, { reason: "not needed" });
  await other.settle();
  return { runId, wait: () => other.result(runId) };
}

describeOnEachStore("a cancellation of another run", ({ createEngine }) => {
  test("that a step hears of and throws on is a failure of that step, and no cancellation of its run", async () => {
    const { runId: otherId, wait } = await cancelledElsewhere();
    const seen: unknown[] = [];
    let attempts = 0;
    const visit = step(
      "visit",
      async () => {
        attempts += 1;
        try {
          return await wait();
        } catch (error) {
          seen.push(error instanceof CancellationError, isCancellation(error));
          throw error;
        }
      },
      { retries: 1, backoff: { initial: "1s" } },
    );
    const order = workflow("order", async () => {
      try {
        await visit();
      } catch (error) {
        const { cause } = error as { cause: CancellationError };
        seen.push(cause instanceof CancellationError, cause.runId, isCancellation(error));
        throw error;
      }
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.clock.advance("1s");
    expect(attempts).toBe(2);
    expect(seen.slice(0, 4)).toEqual([true, false, true, false]);
    expect(seen.slice(4, 7)).toEqual([true, otherId, false]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "failed",
      error: { code: "step.failed", cause: { code: "run.cancelled" } },
    });
    expect(await eventsOf(engine, runId, "step.cancelled")).toEqual([]);
    const error: unknown = await engine.result(runId).catch((thrown: unknown) => thrown);
    expect(isCancellation(error)).toBe(true);
  });

  test("that leaves the workflow fails the run, whereas its own cancels it", async () => {
    const { wait } = await cancelledElsewhere();
    const errors: unknown[] = [];
    const visit = step("visit", () => wait().catch((error: unknown) => ({ error })));
    const order = workflow("order", async () => {
      const { error } = (await visit()) as { error: unknown };
      throw error;
    });
    const careful = workflow("careful", async () => {
      await sleep("2h").catch((error: unknown) => {
        errors.push(error);
        throw error;
      });
    });
    const engine = createEngine({ workflows: [order, careful] });
    const { runId } = await engine.start(order);
    const { runId: own } = await engine.start(careful);
    await engine.settle();
    await engine.cancel(own);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "failed" });
    expect(await engine.getRun(own)).toMatchObject({ status: "cancelled" });
    // Code that is verified runs more than once, and hears the same each time.
    expect(errors.slice(-1)).toMatchObject([{ code: "run.cancelled", runId: own }]);
    expect(errors).toEqual(errors.map(() => errors[0]));
  });

  test("is not what a step hears of its own run", async () => {
    const { wait } = await cancelledElsewhere();
    const seen: unknown[] = [];
    const work = step("work", async () => {
      const other: unknown = await wait().catch((error: unknown) => error);
      await sleep("10s");
      const own: unknown = await getContext()
        .checkCancellation()
        .catch((error: unknown) => error);
      const both = new AggregateError([other, own]);
      seen.push([other, own, both].map(isCancellation), (own as CancellationError).runId);
      throw own;
    });
    const order = workflow("order", () => work());
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("5s");
    await engine.cancel(runId);
    await engine.clock.advance("10s");
    expect(seen).toEqual([[false, true, true], runId]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });
});
