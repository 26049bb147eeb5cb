import { expect, test } from "vitest";
import * as z from "zod";
import {
  ConfigurationError,
  continueAsNew,
  getContext,
  InvalidInputError,
  shield,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";
import { storyOf } from "../story.ts";

const monthly = step("charge", async (month: number) => `month ${month}`);

const subscription = workflow("subscription", async (month: number) => {
  const paid = await monthly(month);
  if (month === 3) return paid;
  await sleep("30d");
  return await continueAsNew(month + 1);
});

describeOnEachStore("a run that goes on as new", ({ createEngine }) => {
  test("keeps its id, and has a log for each generation", async () => {
    const engine = createEngine({ workflows: [subscription] });
    const { runId } = await engine.start(subscription, 1, { tags: ["a"] });
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ generation: 1, status: "suspended" });
    await engine.clock.advance("30d");
    expect(await engine.getRun(runId)).toMatchObject({
      generation: 2,
      input: 2,
      tags: ["a"],
      createdAt: new Date("2030-01-01T00:00:00Z"),
      startedAt: new Date("2030-01-01T00:00:00Z"),
    });
    await engine.clock.advance("30d");
    expect(await engine.result(runId)).toBe("month 3");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started charge",
      "step.completed charge",
      "workflow.completed",
    ]);
    const first = await engine.getEvents(runId, { generation: 1 });
    expect(first).toMatchObject({ generation: 1 });
    expect(first.events.map(({ type }) => type)).toEqual([
      "workflow.started",
      "step.started",
      "step.completed",
      "sleep.started",
      "sleep.completed",
      "workflow.continued",
    ]);
    expect(first.events.at(-1)).toMatchObject({ type: "workflow.continued", generation: 2 });
    const { events } = await engine.getEvents(runId, { generation: 2 });
    expect(events[0]).toMatchObject({ type: "workflow.started", input: 2, generation: 2 });
  });

  test("tells its code which generation it is, and draws anew", async () => {
    const drawing = workflow("drawing", async (drawn: unknown[]) => {
      const { generation, uuid } = getContext();
      const step2 = step("where", async () => getContext().generation);
      const all = [...drawn, generation, await step2(), uuid()];
      if (all.length === 6) return all;
      return await continueAsNew(all);
    });
    const engine = createEngine({ workflows: [drawing] });
    const { runId } = await engine.start(drawing, []);
    const [one, alsoOne, first, two, alsoTwo, second] = await engine.result<unknown[]>(runId);
    expect([one, alsoOne, two, alsoTwo]).toEqual([1, 1, 2, 2]);
    expect(first).not.toBe(second);
  });

  test("is refused an input that the schema refuses, before anything is written", async () => {
    const strict = workflow(
      "strict",
      async ({ n }) => {
        if (n > 1) return n;
        const refused = await continueAsNew({ n: "two" }).catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(InvalidInputError);
        return await continueAsNew({ n: n + 1 });
      },
      { input: z.object({ n: z.number() }) },
    );
    const engine = createEngine({ workflows: [strict] });
    const { runId } = await engine.start(strict, { n: 1 });
    expect(await engine.result(runId)).toBe(2);
    const { events } = await engine.getEvents(runId, { generation: 1 });
    expect(events.map(({ type }) => type)).toEqual([
      "workflow.started",
      "generation.refused",
      "workflow.continued",
    ]);
  });

  test("cannot do so inside of a shield, or a step", async () => {
    const inside = workflow("inside", async () => {
      const shielded = await shield(() => continueAsNew()).catch((error: unknown) => error);
      const stepping = step("s", () => continueAsNew().catch((error: unknown) => String(error)));
      return [shielded instanceof ConfigurationError, await stepping()];
    });
    const engine = createEngine({ workflows: [inside] });
    const { runId } = await engine.start(inside);
    const [shielded, stepping] = await engine.result<[boolean, string]>(runId);
    expect(shielded).toBe(true);
    expect(stepping).toContain('continueAsNew() was called in step "s"');
  });

  test("tells observers of each generation, and of one end", async () => {
    const told: string[] = [];
    const engine = createEngine({
      workflows: [subscription],
      observer: {
        notify(observation) {
          const { type } = observation;
          const isTold = type === "run.continued" || type === "run.ended" || type === "run.started";
          if (isTold) told.push(type);
        },
      },
    });
    const { runId } = await engine.start(subscription, 1);
    await engine.clock.advance("60d");
    expect(await engine.result(runId)).toBe("month 3");
    expect(told).toEqual(["run.started", "run.continued", "run.continued", "run.ended"]);
  });

  test("says that a generation is not there which it has not had", async () => {
    const engine = createEngine({ workflows: [subscription] });
    const { runId } = await engine.start(subscription, 1);
    const asked = engine.getEvents(runId, { generation: 2 });
    await expect(asked).rejects.toMatchObject({ code: "generation.notFound", last: 1 });
    await expect(engine.getEvents(runId, { generation: 0 })).rejects.toThrow(InvalidInputError);
  });
});
