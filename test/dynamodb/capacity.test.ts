/** What the main operations cost, as DynamoDB reports it. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { newClaim, newEntry, newHead } from "../../src/conformance/samples.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import type { HeadChange, StartedHead } from "../../src/ports/store.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { silent } from "../silent.ts";
import { meter } from "./meter.ts";
import { openTable } from "./open-table.ts";

const { client, tableName } = await openTable();
const cost = meter(client);
const store = createDynamoStore({ client, tableName });

afterAll(() => client.destroy());

let head: StartedHead;
beforeEach(async () => {
  head = newHead();
  await store.runs.create(head, 0);
  cost();
});

/** Write units of the table and its indexes together; read units. */
async function costOf(call: Promise<unknown>): Promise<{ write: number; read: number }> {
  await call;
  const { write, read } = cost();
  return { write, read };
}

describe("what it costs", () => {
  it("a start is one put, and one entry in each index", async () => {
    await store.runs.create(newHead(), 0);
    expect(cost()).toMatchObject({ write: 3, read: 0, table: 1, indexes: { list: 1, due: 1 } });
  });

  it("an append is one unit", async () => {
    expect(await costOf(store.log.append(head, newEntry(1)))).toEqual({ write: 1, read: 0 });
  });

  it("an append that meets another entry, or itself, reads nothing", async () => {
    const entry = newEntry(1);
    await store.log.append(head, entry);
    cost();
    expect(await costOf(store.log.append(head, newEntry(1)))).toMatchObject({ read: 0 });
    expect(await costOf(store.log.append(head, entry))).toMatchObject({ read: 0 });
  });

  it("an end costs eight: a transaction of four, and a plain update that moves the index keys", async () => {
    const change: HeadChange = {
      status: "completed",
      endedAt: 5,
      expiresAt: 9_000,
      closing: { output: [{ done: 1 }, true] },
    };
    await store.log.append(head, newEntry(1), { change });
    expect(cost()).toMatchObject({ write: 8, read: 0, indexes: { list: 2, due: 1 } });
  });

  it("a status is one unit, and no index pays for it", async () => {
    const patch = store.runs.patch(head, {
      position: 1,
      change: { status: "running", startedAt: 5 },
      readDueAt: undefined,
    });
    expect(await costOf(patch)).toEqual({ write: 1, read: 0 });
  });

  it("a move of dueAt is three: the head, and out of and into the index", async () => {
    expect(await costOf(store.runs.moveDue(head, { from: 1_000, to: 2_000, resends: 1 }))).toEqual({
      write: 3,
      read: 0,
    });
    const patch = store.runs.patch(head, {
      position: 1,
      change: { status: "suspended", dueAt: 3_000 },
      readDueAt: 2_000,
    });
    expect(await costOf(patch)).toEqual({ write: 3, read: 0 });
  });

  it("a task is claimed, finished and marked for one unit each; stopping one costs one", async () => {
    const { claim } = newClaim();
    expect(await costOf(store.tasks.claim(head, 0, newClaim({ claim })))).toEqual({
      write: 1,
      read: 0,
    });
    const end = { type: "completed" as const, result: [1] };
    const finish = store.tasks.update(head, 0, { claim, type: "finish", end });
    expect(await costOf(finish)).toEqual({ write: 1, read: 0 });
    expect(await costOf(store.tasks.markDone(head, 0))).toEqual({ write: 1, read: 0 });
    expect(await costOf(store.tasks.doneMarks(head))).toEqual({ write: 0, read: 1 });
    expect(await costOf(store.tasks.get(head, [0]))).toEqual({ write: 0, read: 1 });
    expect(await costOf(store.tasks.stop(head, [1, 2, 3]))).toEqual({ write: 3, read: 0 });
  });

  it("marking and unmarking cost one unit, whatever the count", async () => {
    const commands = Array.from({ length: 200 }, (_, command) => command);
    await Promise.all(commands.map((command) => store.tasks.markDone(head, command)));
    cost();
    expect(await costOf(store.tasks.markDone(head, 200))).toEqual({ write: 1, read: 0 });
    expect(await costOf(store.tasks.unmarkDone(head, commands))).toEqual({ write: 1, read: 0 });
  });

  it("a head is one read unit, and so is a short log", async () => {
    await store.log.append(head, newEntry(1));
    cost();
    expect(await costOf(store.runs.get(head.runId, 0))).toEqual({ write: 0, read: 1 });
    expect(await costOf(store.log.read(head, { from: 1 }))).toEqual({ write: 0, read: 1 });
  });

  it("a page of fifty runs is one unit for each, and a few for their places, whatever they hold", async () => {
    const started = { type: "workflow.started" as const, workflow: "w", version: "1" };
    const heads = Array.from({ length: 50 }, (_, index) => {
      const run = newHead({ workflow: "large", createdAt: 1_000 + index });
      const events = [{ ...started, input: ["x".repeat(100_000)] }];
      return { ...run, start: { ...run.start, events } };
    });
    for (const run of heads) await store.runs.create(run, 0);
    cost();
    const page = await store.runs.list({ workflow: "large" }, { limit: 50 });
    expect(page.runs).toHaveLength(50);
    expect(cost().read).toBeLessThanOrEqual(70);
  });

  it("a run with a large input pays for it once, and not with every write of its head", async () => {
    const started = { type: "workflow.started" as const, workflow: "w", version: "1" };
    const events = [{ ...started, input: ["x".repeat(100_000)] }];
    const run = { ...head, ...newHead(), start: { ...head.start, events } };
    expect((await costOf(store.runs.create(run, 0))).write).toBeLessThanOrEqual(98 + 3);
    const patch = store.runs.patch(run, {
      position: 1,
      change: { status: "running", startedAt: 5 },
      readDueAt: undefined,
    });
    expect(await costOf(patch)).toEqual({ write: 1, read: 0 });
    expect(await costOf(store.runs.get(run.runId, 0))).toEqual({ write: 0, read: 1 });
  });

  it("the fixed cost of a run is within its budget of 14", async () => {
    const run = newHead();
    await store.runs.create(run, 0);
    await store.runs.patch(run, {
      position: 0,
      change: { status: "running", startedAt: 5, dueAt: 5_000 },
      readDueAt: 1_000,
    });
    await store.log.append(run, newEntry(1), {
      change: { status: "completed", endedAt: 5, expiresAt: 9_000 },
    });
    expect(cost().write).toBeLessThanOrEqual(14);
  });

  it("what a live run waits for costs one reading of its log, and then what is new", async () => {
    const work = step("work", async (n: number) => n, { inline: true });
    const flow = workflow("flow", async () => {
      for (let n = 0; n < 200; n += 1) await work(n);
      await sleep("1h");
    });
    const engine = createTestEngine({ workflows: [flow], store, logger: silent });
    const { runId } = await engine.start(flow);
    await engine.settle();
    const asking = createTestEngine({ workflows: [], store, logger: silent });
    cost();
    const first = await costOf(asking.getRun(runId));
    const again = await costOf(asking.getRun(runId));
    await engine.terminate(runId);
    expect(first).toEqual({ write: 0, read: expect.any(Number) });
    expect(first.read).toBeLessThan(25);
    expect(again).toEqual({ write: 0, read: 2 });
  });
});
