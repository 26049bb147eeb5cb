import { expect, test } from "vitest";
import * as z from "zod";
import {
  type Child,
  ConfigurationError,
  child,
  FamilyTooDeepError,
  InvalidInputError,
  RunExistsError,
  SerializationError,
  sleep,
  step,
  WorkflowNotFoundError,
  workflow,
} from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";
import { storyOf } from "../story.ts";

const shipment = workflow("shipment", async (orderId: string) => {
  await step("pack", () => {})();
  return `parcel for ${orderId}`;
});

/** What a workflow that tries to start a child finds. */
async function outcomeOf(start: () => Promise<Child<unknown>>): Promise<unknown> {
  try {
    return (await start()).runId;
  } catch (error) {
    return error;
  }
}

describeOnEachStore("a child", ({ createEngine }) => {
  test("is born with its parent's entry, and runs by itself", async () => {
    const order = workflow("order", async (orderId: string) => {
      const parcel = await child(shipment, orderId, { tags: ["blue"] });
      await sleep("1h");
      return parcel.runId;
    });
    const engine = createEngine({ workflows: [order, shipment] });
    const run = await engine.start(order, "7");
    await engine.settle();
    await engine.clock.advance("1h");
    const runId = await run.result();
    const record = await engine.getRun(runId);
    expect(record).toMatchObject({
      workflow: "shipment",
      input: "7",
      status: "completed",
      output: "parcel for 7",
      tags: ["blue"],
      parent: { runId: run.runId, command: 0 },
    });
    const { runs } = await engine.listRuns({ parent: run.runId });
    expect(runs.map((each) => each.runId)).toEqual([runId]);
    expect((await engine.listRuns({ parent: runId })).runs).toEqual([]);
    const { events } = await engine.getEvents(run.runId);
    expect(events[1]).toMatchObject({
      type: "child.started",
      command: 0,
      child: runId,
      workflow: "shipment",
      shielded: false,
    });
    expect(JSON.stringify(record)).not.toContain("incarnation");
    await engine.checkInvariants(runId);
  });

  test("has the id that its code chooses, and the newest version of its workflow", async () => {
    const newer = workflow("shipment", async () => "by air", { version: "2" });
    const order = workflow("order", async (id: string) => {
      return await (await child(shipment, "7", { runId: id })).result();
    });
    const engine = createEngine({ workflows: [order, newer, shipment] });
    const runId = `chosen-${crypto.randomUUID()}`;
    expect(await (await engine.start(order, runId)).result()).toBe("by air");
    expect(await engine.getRun(runId)).toMatchObject({ version: "2" });
  });

  test("gets its input as it was when it was asked for", async () => {
    const echo = workflow("echo", async (input: { items: string[] }) => input.items);
    const order = workflow("order", async () => {
      const input = { items: ["a"] };
      const born = child(echo, input);
      input.items.push("b");
      return await (await born).result();
    });
    const engine = createEngine({ workflows: [order, echo] });
    expect(await (await engine.start(order)).result()).toEqual(["a"]);
  });

  test("has siblings by the hundreds, of which as many are born at once as one transaction takes", async () => {
    const leaf = workflow("leaf", async (n: number) => n);
    const order = workflow("order", async () => {
      const children = await Promise.all(Array.from({ length: 250 }, (_, n) => child(leaf, n)));
      const all = await Promise.all(children.map((each) => each.result()));
      return all.reduce((sum, n) => sum + n, 0);
    });
    const engine = createEngine({ workflows: [order, leaf] });
    const run = await engine.start(order);
    expect(await run.result()).toBe((249 * 250) / 2);
    const { events } = await engine.getEvents(run.runId);
    const started = events.filter(({ type }) => type === "child.started");
    const entries = new Map<number, number>();
    for (const { seq } of started) {
      const entry = Math.floor(seq / 1000);
      entries.set(entry, (entries.get(entry) ?? 0) + 1);
    }
    expect([...entries.values()]).toEqual([98, 98, 54]);
  });

  test("is not begun by code that ended without awaiting it", async () => {
    const order = workflow("order", async () => {
      void child(shipment, "7");
    });
    const engine = createEngine({ workflows: [order, shipment] });
    const run = await engine.start(order);
    await run.result();
    const { events } = await engine.getEvents(run.runId);
    expect(events[1]).toMatchObject({ type: "child.abandoned", begun: false });
    expect((await engine.listRuns({ parent: run.runId })).runs).toEqual([]);
  });

  test("may be asked for in the workflow's code alone", async () => {
    expect(await outcomeOf(() => child(shipment, "7"))).toBeInstanceOf(ConfigurationError);
    const inStep = step("inside", async () => {
      const error = await outcomeOf(() => child(shipment, "7"));
      return error instanceof ConfigurationError;
    });
    const order = workflow("order", async () => await inStep());
    const engine = createEngine({ workflows: [order, shipment] });
    expect(await (await engine.start(order)).result()).toBe(true);
  });
});

describeOnEachStore("a child that cannot be born", ({ createEngine }) => {
  test.each<[string, () => Promise<Child<unknown>>, new (...args: never[]) => Error]>([
    [
      "of no registered workflow",
      () => child(workflow("unknown", () => {})),
      WorkflowNotFoundError,
    ],
    ["whose input its schema refuses", () => child(strict, {} as never), InvalidInputError],
    ["whose input cannot be kept", () => child(shipment, (() => {}) as never), SerializationError],
    ["with a bad id", () => child(shipment, "7", { runId: "" }), InvalidInputError],
  ])("is refused: one %s", async (_, start, kind) => {
    const seen: unknown[] = [];
    const order = workflow("order", async () => {
      seen.push(await outcomeOf(start));
      await sleep("1h");
    });
    const engine = createEngine({ workflows: [order, shipment, strict] });
    const run = await engine.start(order);
    await engine.settle();
    expect(seen[0]).toBeInstanceOf(kind);
    expect((await engine.listRuns({ parent: run.runId })).runs).toEqual([]);
    await engine.clock.advance("1h");
    expect((await engine.getRun(run.runId)).status).toBe("completed");
  });

  const strict = workflow("strict", async () => {}, { input: z.object({ orderId: z.string() }) });

  test("because another run has its id leaves that one alone, and its siblings are born", async () => {
    const seen: unknown[] = [];
    const order = workflow("order", async ({ taken }: { taken: string }) => {
      const [other, self, ...ids] = await Promise.all([
        outcomeOf(() => child(shipment, "7", { runId: taken })),
        outcomeOf(() => child(shipment, "7", { runId: "order-1" })),
        outcomeOf(() => child(shipment, "8")),
        outcomeOf(() => child(shipment, "9", { runId: `${taken}-twice` })),
        outcomeOf(() => child(shipment, "9", { runId: `${taken}-twice` })),
      ]);
      const later = await outcomeOf(() => child(shipment, "9", { runId: `${taken}-twice` }));
      // Code that was shown what did not come to be is executed anew.
      seen.splice(0, seen.length, other, self, ...ids, later);
      await sleep("1h");
    });
    const engine = createEngine({ workflows: [order, shipment] });
    const taken = `taken-${crypto.randomUUID()}`;
    await engine.start(shipment, "first", { runId: taken });
    const run = await engine.start(order, { taken }, { runId: "order-1" });
    await engine.settle();
    const exists = expect.any(RunExistsError);
    const born = expect.stringMatching(/^run_/);
    expect(seen).toEqual([exists, exists, born, `${taken}-twice`, exists, exists]);
    expect(await engine.getRun(taken)).toMatchObject({
      input: "first",
      output: "parcel for first",
    });
    const { runs } = await engine.listRuns({ parent: run.runId });
    expect(runs).toHaveLength(2);
    await engine.terminate(run.runId);
  });

  test("because its family is too deep is told so in the code", async () => {
    const nest = workflow("nest", async (depth: number): Promise<number> => {
      try {
        const inner: Child<number> = await child(nest, depth + 1);
        return await inner.result();
      } catch (error) {
        if (error instanceof FamilyTooDeepError) return depth;
        throw error;
      }
    });
    const engine = createEngine({ workflows: [nest] });
    const run = await engine.start(nest, 0);
    expect(await run.result()).toBe(16);
  });
});

describeOnEachStore("a parent that waits for a child", ({ createEngine }) => {
  test("costs nothing, and says what it waits for", async () => {
    const slow = workflow("slow", async () => await sleep("7d"));
    const order = workflow("order", async () => {
      const inner = await child(slow);
      await inner.result();
      return inner.runId;
    });
    const engine = createEngine({ workflows: [order, slow] });
    const run = await engine.start(order);
    await engine.settle();
    const head = await engine.store.runs.get(run.runId, engine.clock.now());
    expect(head?.dueAt).toBe(head?.keepAt);
    const { waitingFor, status } = await engine.getRun(run.runId);
    const { runs } = await engine.listRuns({ parent: run.runId });
    expect(status).toBe("suspended");
    expect(waitingFor).toMatch(new RegExp(`^child ${runs[0]?.runId} since `));
    await engine.clock.advance("6d");
    expect(await engine.store.runs.get(run.runId, engine.clock.now())).toEqual(head);
    await engine.clock.advance("1d");
    expect(await run.result()).toBe(runs[0]?.runId);
    expect(await storyOf(engine, run.runId)).toEqual([
      "workflow.started",
      "child.started",
      "child.completed",
      "workflow.completed",
    ]);
  });
});
