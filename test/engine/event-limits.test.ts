/** How long a log may get. */
import { expect, test } from "vitest";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { collectLogs } from "./collected-logs.ts";
import { describeOnEachStore } from "./each-store.ts";

const work = step("work", async (n: number) => n);
const undone: number[] = [];
const undo = step("undo", async (n: number) => void undone.push(n));

/** Code that would go on for ever, and cleans up. */
async function endless(): Promise<void> {
  let n = 0;
  try {
    for (;;) {
      n += 1;
      await work(n);
    }
  } catch (error) {
    if (isCancellation(error)) await shield(() => undo(n));
    throw error;
  }
}
const poller = workflow("poller", endless, { limits: { events: 25 } });
const roomier = workflow("poller", endless, { limits: { events: 45 } });

describeOnEachStore("a log that reaches its limit of events", (world) => {
  test.each(["live", "cold"] as const)(
    "fails its run, once it has cleaned up (%s)",
    async (replay) => {
      undone.length = 0;
      const engine = world.createEngine({ workflows: [poller], replay });
      const { runId } = await engine.start(poller);
      await engine.settle();
      const run = await engine.getRun(runId);
      expect(run).toMatchObject({
        status: "failed",
        error: {
          code: "run.tooManyEvents",
          message: expect.stringContaining("limits: { events }"),
        },
        cancellation: {
          requestedBy: "detent",
          reason: expect.stringContaining("25 events"),
          cleanup: { steps: 1, finished: true },
        },
      });
      await expect(engine.result(runId)).rejects.toMatchObject({
        code: "run.tooManyEvents",
        limit: 25,
      });
      const { events } = await engine.getEvents(runId);
      const request = events.findIndex(({ type }) => type === "cancellation.requested");
      expect(request).toBe(25);
      const after = events.slice(request).map(({ type }) => type);
      expect(after.filter((type) => type === "step.started")).toHaveLength(1);
      expect(undone).toEqual([13]);
    },
  );

  test("is counted right by who reads it anew", async () => {
    const first = world.createEngine({ workflows: [roomier] });
    const { runId } = await first.start(roomier);
    for (let turns = 0; turns < 10; turns += 1) await first.turn({ runId });
    const engine = world.createEngine({ workflows: [roomier] });
    await engine.settle();
    await engine.clock.advance("10m");
    const { events } = await engine.getEvents(runId);
    expect(events.findIndex(({ type }) => type === "cancellation.requested")).toBe(45);
    expect((await engine.getRun(runId)).status).toBe("failed");
  });

  test("is the limit of the code that is deployed: a higher one saves a run", async () => {
    const twenty = workflow(
      "batch",
      async () => {
        await sleep("1h");
        for (let n = 0; n < 20; n += 1) await work(n);
        return "done";
      },
      { limits: { events: 40 } },
    );
    const engine = world.createEngine({ workflows: [twenty] });
    const { runId } = await engine.start(twenty);
    await engine.settle();
    expect((await engine.getRun(runId)).eventLimit).toBe(40);
    const raised = workflow("batch", twenty.run, { limits: { events: 44 } });
    const later = world.createEngine({ workflows: [raised] });
    await later.clock.advance("2h");
    expect(await later.result(runId)).toBe("done");
    expect(await later.getRun(runId)).not.toHaveProperty("eventLimit");
    world.watch(runId, [raised]);
  });

  test("completes a run that swallows the request, as any other", async () => {
    const calm = workflow(
      "calm",
      async () => {
        try {
          return await endless();
        } catch {
          return "enough";
        }
      },
      { limits: { events: 20 } },
    );
    const engine = world.createEngine({ workflows: [calm] });
    const run = await engine.start(calm);
    expect(await run.result()).toBe("enough");
    expect((await engine.getRun(run.runId)).cancellation).toMatchObject({ swallowed: true });
  });

  test("is the end of a run whose clean-up goes on for ever", async () => {
    const inlined = step("inlined", async () => {}, { inline: true });
    const inlining = workflow(
      "stubborn",
      async () => {
        await shield(async () => {
          for (;;) await inlined();
        });
      },
      { limits: { events: 100 } },
    );
    const engine = world.createEngine({ workflows: [inlining], replay: "live" });
    const { runId } = await engine.start(inlining);
    await engine.settle();
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({
      status: "terminated",
      termination: { requestedBy: "detent", reason: expect.stringContaining("100 events") },
    });
    const { events } = await engine.getEvents(runId, { after: 1 });
    expect(events.length).toBeLessThan(1110);
    expect(run.cancellation).not.toHaveProperty("deliveredAt");
  });

  test("is warned of long before, once an interval", async () => {
    const { logger, lines } = collectLogs();
    const engine = world.createEngine({ workflows: [poller], logger });
    await engine.start(poller);
    await engine.settle();
    const warned = lines.filter(({ message }) => message.includes("may have 25"));
    expect(warned.map(({ fields }) => fields?.["events"])).toEqual([5, 10, 15, 20]);
    expect(warned[0]).toMatchObject({ level: "warn", fields: { workflow: "poller", limit: 25 } });
  });
});
