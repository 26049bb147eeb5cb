import { expect, test } from "vitest";
import {
  channel,
  continueAsNew,
  getContext,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import type { AppendOptions } from "../../../src/ports/store.ts";
import { describeOnEachStore } from "../each-store.ts";
import { createGate } from "../gate.ts";
import { storyOf } from "../story.ts";
import { around } from "../watched-store.ts";

const words = channel<string>("words");

/** Sleeps a month, goes on as new, and tells what it undid. */
function monthly() {
  const undone: number[] = [];
  const undo = step("undo", async (month: number) => void undone.push(month));
  const subscription = workflow(
    "subscription",
    async (month: number) => {
      try {
        await sleep("30d");
      } catch (error) {
        if (isCancellation(error)) await shield(() => undo(month));
        throw error;
      }
      return await continueAsNew(month + 1);
    },
    { channels: [words] },
  );
  return { undone, subscription };
}

const isExchange = (name: string, args: readonly unknown[]): boolean =>
  name === "log.append" && (args[2] as AppendOptions | undefined)?.next !== undefined;

describeOnEachStore("a run that goes on as new", (world) => {
  const { createEngine } = world;

  /** Two engines, of which the first knows the run as it stood before it went on as new elsewhere. */
  async function outOfDate() {
    const { undone, subscription } = monthly();
    const [stale, fresh] = [1, 2].map(() => createEngine({ workflows: [subscription] }));
    if (!stale || !fresh) throw new Error("no engines");
    const { runId } = await stale.start(subscription, 1);
    await stale.settle();
    await fresh.clock.advance("30d");
    expect(await fresh.getRun(runId)).toMatchObject({ generation: 2, status: "suspended" });
    return { undone, stale, fresh, runId };
  }

  test("is cancelled in its new log, whoever asks", async () => {
    const { undone, stale, fresh, runId } = await outOfDate();
    expect(await stale.cancel(runId, { reason: "enough" })).toMatchObject({ outcome: "requested" });
    expect(await stale.cancel(runId)).toMatchObject({ outcome: "already-requested" });
    await fresh.clock.advance("1m");
    expect(await fresh.getRun(runId)).toMatchObject({
      generation: 2,
      status: "cancelled",
      cancellation: { reason: "enough", checkpoint: "sleep" },
    });
    expect(undone).toEqual([2]);
  });

  test("is terminated in its new log", async () => {
    const { stale, fresh, runId } = await outOfDate();
    expect(await stale.terminate(runId)).toMatchObject({ outcome: "terminated" });
    expect(await fresh.getRun(runId)).toMatchObject({ generation: 2, status: "terminated" });
    expect(await storyOf(fresh, runId)).toEqual([
      "workflow.started",
      "sleep.started",
      "sleep.cancelled",
      "workflow.terminated",
    ]);
  });

  test("is paused and resumed in its new log", async () => {
    const { stale, fresh, runId } = await outOfDate();
    expect(await stale.pause(runId)).toMatchObject({ outcome: "paused" });
    await fresh.clock.advance("60d");
    expect(await fresh.getRun(runId)).toMatchObject({ generation: 2, status: "paused" });
    expect(await stale.resume(runId)).toMatchObject({ outcome: "resumed" });
    await fresh.clock.advance("1m");
    expect(await fresh.getRun(runId)).toMatchObject({ generation: 3, status: "suspended" });
  });

  test("is sent to in its new log", async () => {
    const { stale, fresh, runId } = await outOfDate();
    await stale.send(runId, words, "hello");
    expect(await storyOf(fresh, runId)).toContain("message.received");
  });

  test("goes on there too when an engine that knows the old log is told to", async () => {
    const { stale, fresh, runId } = await outOfDate();
    // With it comes the message for the timer of the old log.
    await stale.clock.advance("30d");
    await stale.turn({ runId, task: 3 });
    await stale.turn({ runId });
    expect(await fresh.getRun(runId)).toMatchObject({ generation: 2, status: "suspended" });
    expect(await storyOf(fresh, runId)).toEqual(["workflow.started", "sleep.started"]);
  });

  test("hears of a request first, if that is first in its log", async () => {
    const gate = createGate();
    const charge = step("charge", () => gate.pass());
    const once = workflow("once", async (round: number) => {
      await charge();
      return await continueAsNew(round + 1);
    });
    const engine = createEngine({ workflows: [once] });
    const { runId } = await engine.start(once, 1);
    await engine.settle();
    await engine.cancel(runId);
    gate.open();
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      generation: 1,
      status: "cancelled",
      cancellation: { checkpoint: "continueAsNew" },
    });
  });

  test("cleans up what it was left with, though no code of the new generation has run", async () => {
    const { undone, subscription } = monthly();
    const other = createEngine({ workflows: [subscription] });
    const asked: string[] = [];
    const engine = createEngine({
      workflows: [subscription],
      store: around(world.store, async (name, call, args) => {
        const answer = await call();
        if (isExchange(name, args)) asked.push((await other.cancel(runId)).outcome);
        return answer;
      }),
    });
    const { runId } = await engine.start(subscription, 1);
    await engine.clock.advance("30d");
    expect(asked).toEqual(["requested"]);
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2, status: "cancelled" });
    expect(undone).toEqual([2]);
  });

  test("does not, if somebody is faster right before that", async () => {
    const { undone, subscription } = monthly();
    const other = createEngine({ workflows: [subscription] });
    const outcomes: string[] = [];
    const engine = createEngine({
      workflows: [subscription],
      store: around(world.store, async (name, call, args) => {
        if (isExchange(name, args)) outcomes.push((await other.cancel(runId)).outcome);
        return await call();
      }),
    });
    const { runId } = await engine.start(subscription, 1);
    await engine.clock.advance("30d");
    expect(outcomes).toEqual(["requested"]);
    expect(await engine.getRun(runId)).toMatchObject({ generation: 1, status: "cancelled" });
    // The end of its sleep was in the entry that lost the race.
    expect(undone).toEqual([1]);
  });

  test("waits for a pause to end, and for shields", async () => {
    const gate = createGate();
    const charge = step("charge", () => gate.pass());
    const paused = workflow("paused", async (round: number) => {
      if (round === 2) return "done";
      void shield(() => charge());
      return await continueAsNew(round + 1);
    });
    const engine = createEngine({ workflows: [paused] });
    const { runId } = await engine.start(paused, 1);
    await engine.settle();
    await engine.pause(runId);
    expect(await engine.getRun(runId)).toMatchObject({ generation: 1 });
    gate.open();
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ generation: 1, status: "paused" });
    await engine.resume(runId);
    expect(await engine.result(runId)).toBe("done");
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2 });
  });

  test("stops and leaves behind what is not over", async () => {
    const gate = createGate();
    const slow = step("slow", async () => {
      const { signal } = getContext();
      await Promise.race([
        gate.pass(),
        new Promise((resolve) => signal.addEventListener("abort", resolve)),
      ]);
      return signal.aborted;
    });
    const never = step("never", async () => "begun", { retries: 0 });
    const racing = workflow("racing", async (round: number) => {
      if (round === 2) return "done";
      const both = [slow(), slow()];
      await sleep("1m");
      void never();
      void Promise.all(both);
      return await continueAsNew(round + 1);
    });
    const engine = createEngine({ workflows: [racing] });
    const { runId } = await engine.start(racing, 1);
    await engine.clock.advance("1m");
    expect(await engine.result(runId)).toBe("done");
    const { events } = await engine.getEvents(runId, { generation: 1 });
    expect(events.map(({ type }) => type).slice(-5)).toEqual([
      "sleep.completed",
      "step.abandoned",
      "step.abandoned",
      "step.abandoned",
      "workflow.continued",
    ]);
    gate.open();
    await engine.settle();
    expect(await storyOf(engine, runId)).toEqual(["workflow.started", "workflow.completed"]);
  });
});
