/** Code that runs at a workflow's side is the workflow's code as well: nothing of it goes unrecorded. */
import { expect, test } from "vitest";
import * as z from "zod";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { storyOf } from "./story.ts";

describeOnEachStore("a listener of a workflow's signal", ({ createEngine }) => {
  test("asks for commands like any other code: recorded, shielded ones once, others never", async () => {
    const ran: string[] = [];
    const rejected: boolean[] = [];
    const note = step("note", async (what: string) => void ran.push(what));
    const order = workflow("order", async () => {
      getContext().signal.addEventListener("abort", () => {
        void shield(async () => {
          await note("heard");
          await sleep("1m");
          await note("heard, later");
        });
        note("unshielded").catch((error: unknown) => rejected.push(isCancellation(error)));
      });
      await note("begins");
      try {
        await sleep("1h");
      } finally {
        await shield(() => note("clean-up"));
      }
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("2m");
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { cleanup: { steps: 3, finished: true } },
    });
    expect(ran.toSorted()).toEqual(["begins", "clean-up", "heard", "heard, later"]);
    expect(new Set(rejected)).toEqual(new Set([true]));
    const story = await storyOf(engine, runId, { only: /completed note/ });
    expect(story).toHaveLength(4);
  });
});

describeOnEachStore("the output schema of a workflow", ({ createEngine }) => {
  test("runs no step: its run fails, and says why", async () => {
    let ran = 0;
    const look = step("look", async () => {
      ran += 1;
      return true;
    });
    const output = z.number().refine(async () => look());
    const order = workflow("order", async () => 1, { output });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({
      status: "failed",
      error: { code: "configuration.invalid", message: expect.stringContaining('step "look"') },
    });
    expect(ran).toBe(0);
  });

  test("knows the run", async () => {
    const order = workflow("order", async () => getContext().runId, {
      output: z.string().refine((id) => id === getContext().runId),
    });
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toBe(run.runId);
  });
});

describeOnEachStore("a name that is too long", ({ createEngine }) => {
  test("made in a workflow fails its run at once, and says what a name is", async () => {
    const order = workflow("order", async () => {
      await step("n".repeat(500_000), async () => {})();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "failed", error: { code: "configuration.invalid" } });
    expect(run.error?.message).toContain("1 to 256 characters");
    expect(run.error?.message.length).toBeLessThan(500);
  });
});
