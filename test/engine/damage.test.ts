/** What cannot be read of one run keeps nobody from the others, and is told. */
import { describe, expect, test } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { newHead, startWith } from "../../src/conformance/samples.ts";
import type { LogEvent } from "../../src/core/events.ts";
import type { RunStatus } from "../../src/core/run.ts";
import { createEngine, type Engine, type Message } from "../../src/engine/index.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import type { RunHead, Store } from "../../src/ports/store.ts";
import { openTable } from "../dynamodb/open-table.ts";
import { collectLogs, type LogLine } from "./collected-logs.ts";

/** Of a newer version, which was rolled back. */
const UNKNOWN = "hibernating" as RunStatus;
const EXPLODED = { type: "step.exploded" } as unknown as LogEvent;
const HOUR = 3_600_000;

const nap = workflow("nap", async () => {
  await sleep("1h");
});
const fan = workflow("fan", async () => {
  await Promise.all(["a", "b"].map((name) => step(name, async () => name)()));
});

/** Some processes over a store, whose messages and time the test holds. */
function createProcesses(store: Store, count = 1) {
  const clock = { now: Date.UTC(2030, 0, 1) };
  const sent: Message[] = [];
  const { logger, lines } = collectLogs();
  const create = (): Engine =>
    createEngine({
      workflows: [nap, fan],
      store,
      scheduler: { send: async (messages) => void sent.push(...messages) },
      clock: { now: () => clock.now, after: () => () => {} },
      logger,
    });
  const engine = create();
  const engines = [engine, ...Array.from({ length: count - 1 }, create)];
  const told = (runId: string): LogLine[] =>
    lines.filter(({ level, fields }) => level === "error" && fields["runId"] === runId);
  return { engine, engines, clock, sent, told };
}

async function headOf(store: Store, runId: string): Promise<RunHead> {
  const head = await store.runs.get(runId, 0);
  if (!head) throw new Error("the run is gone");
  return head;
}

async function damageHead(store: Store, runId: string): Promise<void> {
  const head = await headOf(store, runId);
  await store.runs.patch(head, {
    position: head.position,
    change: { status: UNKNOWN },
    readDueAt: undefined,
  });
}

const table = await openTable();
const STORES: [string, () => Store][] = [
  ["the memory store", createMemoryStore],
  ["DynamoDB", () => createDynamoStore(table)],
];

describe.each(STORES)("on %s, a run whose record cannot be read", (where, open) => {
  const store = open();
  const tag = `damaged on ${where}`;

  test("is a row of every list, and the others are as they were", async () => {
    const { engine, clock } = createProcesses(store);
    const ids: string[] = [];
    for (const name of ["one", "two", "three"]) {
      ids.unshift((await engine.start(nap, undefined, { tags: [tag, name] })).runId);
      clock.now += 1_000;
    }
    const bad = ids[1] ?? "";
    await damageHead(store, bad);
    const { runs } = await engine.listRuns({ tag });
    expect(runs.map(({ runId }) => runId)).toEqual(ids);
    expect(runs).toMatchObject([
      { status: "pending", tags: [tag, "three"] },
      {
        status: "running",
        workflow: "nap",
        version: nap.version,
        tags: [tag, "two"],
        problem: { code: "store.damaged", message: expect.stringContaining("status") },
      },
      { status: "pending", tags: [tag, "one"] },
    ]);
    expect(runs[0]).not.toHaveProperty("problem");
    const troubled = await engine.listRuns({ tag, problem: true });
    expect(troubled.runs.map(({ runId }) => runId)).toEqual([bad]);
    for (const ask of [engine.getRun, engine.cancel, engine.terminate, engine.wake]) {
      await expect(ask(bad)).rejects.toMatchObject({ code: "store.damaged" });
    }
  });

  test("keeps no other from being cancelled with all, and is told in the end", async () => {
    const { engine } = createProcesses(store);
    const tags = [`${tag}, bulk`];
    const ids: string[] = [];
    for (const _ of [1, 2, 3]) ids.push((await engine.start(nap, undefined, { tags })).runId);
    const [first = "", bad = "", last = ""] = ids;
    await damageHead(store, bad);
    const asked: string[] = [];
    const all = (async () => {
      for await (const { runId } of engine.cancelAll({ tag: tags[0] })) asked.push(runId);
    })();
    await expect(all).rejects.toMatchObject({ code: "store.damaged" });
    await expect(all).rejects.toThrow(bad);
    expect(new Set(asked)).toEqual(new Set([first, last]));
    expect((await engine.getRun(last)).status).toBe("cancelled");
  });

  test("is told of once by all sweeps of all processes, which wake the others", async () => {
    const { engine, engines, clock, sent, told } = createProcesses(store, 3);
    const bad = await engine.start(nap);
    const good = await engine.start(nap);
    await damageHead(store, bad.runId);
    const isAwoken = (): boolean =>
      sent.some(({ continuation: { runId, sweep } }) => sweep && runId === good.runId);
    for (let round = 0; round < 3; round += 1) {
      clock.now += HOUR;
      sent.length = 0;
      await Promise.all(engines.map((each) => each.sweep({ horizonMs: 60_000 })));
      expect(isAwoken()).toBe(true);
    }
    expect(told(bad.runId)).toMatchObject([
      {
        message: expect.stringMatching(/^Run .* cannot go on: .*status/),
        fields: { code: "store.damaged", tries: 1 },
      },
    ]);
    // Whether it is mended is looked at now and then, and not in every round.
    const due = await store.runs.listDue({ until: clock.now + 600_000, limit: 1_000 });
    expect(due.some(({ runId }) => runId === bad.runId)).toBe(false);
    const later = await store.runs.listDue({ until: clock.now + HOUR, limit: 1_000 });
    expect(later.some(({ runId }) => runId === bad.runId)).toBe(true);
  });

  test("is told of once by its messages, and those are done with", async () => {
    const { engine, engines, told } = createProcesses(store, 2);
    const { runId } = await engine.start(nap);
    await damageHead(store, runId);
    const others = createProcesses(store, 2);
    for (const each of [...others.engines, ...engines]) await each.turn({ runId });
    expect([...told(runId), ...others.told(runId)]).toMatchObject([
      { fields: { runId, code: "store.damaged", tries: 1 } },
    ]);
  });

  test("shows a problem in place of a value that cannot be read", async () => {
    const { engine } = createProcesses(store);
    const head = newHead({ workflow: "nap", tags: [`${tag}, value`] });
    await store.runs.create({ ...head, start: startWith([[1], [99], "no such reference"]) }, 0);
    expect(await engine.getRun(head.runId)).toMatchObject({
      input: undefined,
      problem: { code: "store.damaged", message: expect.stringContaining("value") },
    });
    expect((await engine.listRuns({ tag: `${tag}, value` })).runs).toHaveLength(1);
  });
});

describe.each(STORES)("on %s, a run whose log cannot be read", (_, open) => {
  const store = open();

  test("has a problem, and is tried again with growing pauses", async () => {
    const { engine, clock } = createProcesses(store);
    const { runId } = await engine.start(nap);
    await engine.turn({ runId });
    const { position } = await headOf(store, runId);
    const entry = { position: position + 1, id: "x", at: clock.now, events: [EXPLODED] };
    await store.log.append(await headOf(store, runId), entry);
    const other = createProcesses(store);
    const pauses: number[] = [];
    for (let tries = 1; tries <= 4; tries += 1) {
      await other.engine.turn({ runId });
      const { problem, dueAt = 0 } = await headOf(store, runId);
      expect(problem).toMatchObject({ code: "store.damaged", tries });
      pauses.push(dueAt - other.clock.now);
      other.clock.now = dueAt;
    }
    expect(pauses).toEqual([60_000, 120_000, 240_000, 480_000]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "suspended",
      problem: { code: "store.damaged", message: expect.stringContaining("type") },
    });
    await expect(other.engine.cancel(runId)).rejects.toMatchObject({ code: "store.damaged" });
  });

  test("has a problem where it is a task that cannot be read", async () => {
    const { engine, sent } = createProcesses(store);
    const { runId } = await engine.start(fan);
    await engine.turn({ runId });
    const head = await headOf(store, runId);
    expect(sent.flatMap(({ continuation: { task } }) => task ?? [])).toEqual([0, 1]);
    const times = { lease: 1, startedAt: 0, now: 0, leaseEndedBefore: 0 };
    await store.tasks.claim(head, 0, { claim: "c", attempt: 1, ...times });
    const end = { type: "exploded", error: [1] } as never;
    await expect(
      store.tasks.update(head, 0, { claim: "c", type: "finish", end }),
    ).rejects.toThrow();
    const other = createProcesses(store);
    for (const [index, continuation] of [{ runId, task: 0 }, { runId }].entries()) {
      await other.engine.turn(continuation);
      const { problem } = await headOf(store, runId);
      expect(problem).toMatchObject({ code: "store.damaged", tries: index + 1 });
    }
  });
});
