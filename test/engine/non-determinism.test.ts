import { expect, test } from "vitest";
import { shield, sleep, step, workflow } from "../../src/index.ts";
import { collectLogs } from "./collected-logs.ts";
import { describeOnEachStore } from "./each-store.ts";

const noop = async (): Promise<void> => {};

/** One workflow, as several deployments have it. */
const before = workflow("order", async () => {
  await step("reserve", noop)();
  await sleep("1h");
  await step("ship", noop)();
  return "shipped";
});
const renamed = workflow("order", async () => {
  await step("reserve-stock", noop)();
  await sleep("1h");
  return "shipped";
});
const reordered = workflow("order", async () => {
  await sleep("1h");
  await step("reserve", noop)();
  return "shipped";
});
const shortened = workflow("order", async () => {
  return "shipped";
});
const emptied = workflow("order", async () => {
  await new Promise(() => {});
});
const mended = workflow("order", async () => {
  await step("reserve", noop)();
  await sleep("1h");
  await step("ship", noop)();
  return "shipped by mended code";
});

describeOnEachStore("code that no longer fits its log", ({ createEngine, watch }) => {
  test.each([
    ["asks for another step", renamed, 'step "reserve"', 'step "reserve-stock"'],
    ["asks for another kind of command", reordered, 'step "reserve"', "sleep"],
  ])("because it %s is a problem that appends nothing", async (_, changed, expected, got) => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    const { events } = await engine.getEvents(runId);

    const { logger, lines } = collectLogs();
    const later = createEngine({ workflows: [changed], logger });
    await later.clock.advance("1h 1m");
    const run = await later.getRun(runId);
    expect(run.status).toBe("suspended");
    expect(run.problem).toMatchObject({
      code: "workflow.nonDeterministic",
      at: expect.any(Date),
      tries: expect.any(Number),
      message: expect.stringContaining("command 0"),
    });
    expect(run.problem?.message).toContain(expected);
    expect(run.problem?.message).toContain(got);
    expect((await later.getEvents(runId)).events).toEqual(events);
    expect(lines.filter(({ level }) => level === "error")).not.toEqual([]);
    watch(runId, [before]);
  });

  test("because it ends too early is a problem as well", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    const later = createEngine({ workflows: [shortened] });
    await later.clock.advance("1h 1m");
    expect(await later.getRun(runId)).toMatchObject({
      status: "suspended",
      problem: { code: "workflow.nonDeterministic" },
    });
  });

  test("is tried again with growing pauses, and the problem counts how often", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    const later = createEngine({ workflows: [renamed], watchdog: "1m" });
    const tries: (number | undefined)[] = [];
    for (const pause of ["1h", "1m", "1m", "1m", "1m", "3m", "8m"]) {
      await later.clock.advance(pause);
      tries.push((await later.getRun(runId)).problem?.tries);
    }
    expect(tries).toEqual([1, 2, 2, 3, 3, 4, 5]);
  });

  test("goes on where the run was when the code is mended", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    const broken = createEngine({ workflows: [renamed] });
    await broken.clock.advance("2h");
    expect(await broken.getRun(runId)).toMatchObject({ problem: { tries: expect.any(Number) } });

    const good = createEngine({ workflows: [mended], now: new Date("2030-01-01T02:00:00Z") });
    await good.clock.advance("2h");
    expect(await good.result(runId)).toBe("shipped by mended code");
    const run = await good.getRun(runId);
    expect(run.problem).toBeUndefined();
    watch(runId, [mended]);
  });

  test("can be cancelled once it is mended, and terminated before", async () => {
    const engine = createEngine({ workflows: [before] });
    const runs = [await engine.start(before), await engine.start(before)];
    await engine.settle();
    const [first, second] = runs.map(({ runId }) => runId) as [string, string];
    const broken = createEngine({ workflows: [renamed] });
    await broken.clock.advance("2h");

    expect(await broken.terminate(first)).toMatchObject({ outcome: "terminated" });
    expect(await broken.getRun(first)).toMatchObject({ status: "terminated" });
    expect((await broken.getRun(first)).problem).toBeUndefined();

    expect(await broken.cancel(second, { gracePeriod: "5h" })).toMatchObject({
      outcome: "requested",
    });
    await broken.settle();
    expect(await broken.getRun(second)).toMatchObject({
      status: "cancelling",
      problem: { code: "workflow.nonDeterministic" },
    });
    const good = createEngine({ workflows: [mended], now: new Date("2030-01-01T02:00:00Z") });
    await good.clock.advance("2h");
    expect(await good.getRun(second)).toMatchObject({ status: "cancelled" });
  });

  test("is not cut off by a cancellation that it cannot hear, and cleans up once it is mended", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    await engine.cancel(runId, { gracePeriod: "5m" });
    const broken = createEngine({ workflows: [renamed] });
    await broken.clock.advance("2h");
    expect(await broken.getRun(runId)).toMatchObject({
      status: "cancelling",
      problem: { code: "workflow.nonDeterministic" },
    });
    const good = createEngine({ workflows: [mended], now: new Date("2030-01-01T02:00:00Z") });
    await good.clock.advance("2h");
    expect(await good.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "sleep" },
    });
    watch(runId, [mended]);
  });
});

const charged = workflow("order", async () => {
  await step("charge", noop)();
  await sleep("1h");
});
const shieldedCharge = workflow("order", async () => {
  await shield(() => step("charge", noop)());
  await sleep("1h");
});
const shieldedSleep = workflow("order", async () => {
  await step("charge", noop)();
  await shield(() => sleep("1h"));
});

describeOnEachStore("code whose shields are elsewhere now", ({ createEngine, watch }) => {
  test.each([
    ["into", "a step", charged, shieldedCharge, 'step "charge" outside of any shield'],
    ["out of", "a step", shieldedCharge, charged, 'step "charge" inside a shield'],
    ["into", "a sleep", charged, shieldedSleep, "sleep outside of any shield"],
    ["out of", "a sleep", shieldedSleep, charged, "sleep inside a shield"],
  ])("because they moved %s what was %s does not fit its log", async (_, __, was, is, expected) => {
    const engine = createEngine({ workflows: [was] });
    const { runId } = await engine.start(was);
    await engine.settle();
    const { events } = await engine.getEvents(runId);

    const later = createEngine({ workflows: [is] });
    await later.cancel(runId);
    await later.settle();
    const run = await later.getRun(runId);
    expect(run).toMatchObject({
      status: "cancelling",
      problem: { code: "workflow.nonDeterministic", message: expect.stringContaining(expected) },
    });
    const got = expected.includes("inside") ? "outside of any shield" : "inside a shield";
    expect(run.problem?.message).toContain(got);
    const told = await later.getEvents(runId);
    expect(told.events.slice(events.length)).toMatchObject([{ type: "cancellation.requested" }]);
    watch(runId, [was]);
  });

  test("is told of a step that executes, or waits for a retry, as well", async () => {
    let failing = true;
    const charge = step("charge", async () => {
      if (failing) throw new Error("not now");
    });
    const inside = workflow("order", () => shield(() => charge()));
    const outside = workflow("order", () => charge());
    const engine = createEngine({ workflows: [inside] });
    const { runId } = await engine.start(inside);
    await engine.settle();
    const later = createEngine({ workflows: [outside] });
    await later.clock.advance("1m");
    expect(await later.getRun(runId)).toMatchObject({
      problem: { code: "workflow.nonDeterministic" },
    });
    failing = false;
    const mended = createEngine({ workflows: [inside] });
    await mended.clock.advance("1h");
    expect(await mended.getRun(runId)).toMatchObject({ status: "completed" });
    watch(runId, [inside]);
  });
});

describeOnEachStore("code that does nothing any more", ({ createEngine }) => {
  test("is a problem like any other", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    const later = createEngine({ workflows: [emptied] });
    await later.clock.advance("1h 1m");
    expect(await later.getRun(runId)).toMatchObject({
      status: "suspended",
      problem: { code: expect.stringMatching(/^workflow\./) },
    });
  });
});

describeOnEachStore("a version that is not deployed", ({ createEngine, watch }) => {
  const second = workflow("order", async () => "second", { version: "2" });

  test("is a problem of its runs, which go on when it is deployed", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    await engine.settle();
    const newer = createEngine({ workflows: [second] });
    await newer.clock.advance("1h 1m");
    expect(await newer.getRun(runId)).toMatchObject({
      status: "suspended",
      problem: {
        code: "workflow.notFound",
        message: expect.stringContaining('"order" version "1"'),
      },
    });
    const both = createEngine({
      workflows: [second, mended],
      now: new Date("2030-01-01T01:01:00Z"),
    });
    await both.clock.advance("1h");
    expect(await both.result(runId)).toBe("shipped by mended code");
    watch(runId, [mended]);
  });

  test("of a run that never started leaves it pending", async () => {
    const engine = createEngine({ workflows: [before] });
    const { runId } = await engine.start(before);
    const newer = createEngine({ workflows: [second] });
    await newer.settle();
    expect(await newer.getRun(runId)).toMatchObject({
      status: "pending",
      problem: { code: "workflow.notFound", tries: 1 },
    });
    expect((await newer.getEvents(runId)).events).toHaveLength(1);
    expect(await newer.cancel(runId)).toMatchObject({ status: "cancelled" });
    expect((await newer.getRun(runId)).problem).toBeUndefined();
  });
});
