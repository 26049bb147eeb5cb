/** What stands in the table: what retention deletes, what the indexes hold, what cannot be read. */
import {
  type AttributeValue,
  DeleteItemCommand,
  paginateScan,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createDynamoStore, tableDefinition } from "../../src/adapters/dynamodb/index.ts";
import {
  entryOfSize,
  keyOf,
  newClaim,
  newEntry,
  newHead,
  unique,
} from "../../src/conformance/samples.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { RunKey } from "../../src/ports/store.ts";
import { injectFaults, refused, serviceError } from "./faults.ts";
import { openTable } from "./open-table.ts";

const { client, tableName } = await openTable();
const faults = injectFaults(client);
const HOUR = 3_600_000;
let now = 1_800_000_000_000;
const clock = { ...systemClock, now: () => now };
const store = createDynamoStore({ client, tableName, retention: "1h", clock });

afterEach(() => faults.clear());
afterAll(() => client.destroy());

async function allItems(): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  const pages = paginateScan({ client }, { TableName: tableName });
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

async function itemsOf({ runId }: RunKey): Promise<Record<string, Record<string, unknown>>> {
  const own = (await allItems()).filter(({ pk }) => `${pk?.S}#`.startsWith(`run#${runId}#`));
  return Object.fromEntries(own.map((item) => [item["sk"]?.S, item]));
}

async function timesToLive(key: RunKey): Promise<Record<string, number>> {
  const items = Object.entries(await itemsOf(key));
  return Object.fromEntries(items.map(([sk, { ttl }]) => [sk, Number(Object(ttl).N)]));
}

describe("retention", () => {
  it("S21. everything but the head lives twice the retention from when it was last written", async () => {
    const head = newHead();
    await store.runs.create(head, now);
    await store.log.append(head, newEntry(1));
    await store.log.append(head, newEntry(2), { change: { resends: 1 } });
    await store.tasks.claim(head, 1, newClaim());
    await store.tasks.stop(head, [2]);
    await store.tasks.markDone(head, 1);
    const then = Math.ceil((now + 2 * HOUR) / 1000);
    expect(await timesToLive(head)).toEqual({
      head: Number.NaN,
      "entry#0000000001": then,
      "entry#0000000002": then,
      "task#0000000001": then,
      "task#0000000002": then,
      done: then,
    });
  });

  it("S21. keep puts that off for all of it, counted from now, whatever the number", async () => {
    const head = newHead();
    await store.runs.create(head, now);
    const entries = Array.from({ length: 130 }, (_, index) => newEntry(index + 1));
    await Promise.all(entries.map((entry) => store.log.append(head, entry)));
    await store.tasks.claim(head, 1, newClaim());
    await store.tasks.markDone(head, 1);
    now += 10 * HOUR;
    await store.log.keep(head);
    const { head: headTime, ...others } = await timesToLive(head);
    expect(headTime).toBeNaN();
    expect(Object.keys(others)).toHaveLength(132);
    expect(new Set(Object.values(others))).toEqual(new Set([Math.ceil((now + 2 * HOUR) / 1000)]));
  });

  it("S21. keep puts that off for a log of several pages", async () => {
    const head = newHead();
    await store.runs.create(head, now);
    for (const position of [1, 2, 3, 4, 5]) {
      await store.log.append(head, entryOfSize(position, 300_000));
    }
    now += HOUR;
    await store.log.keep(head);
    const { head: _, ...entries } = await timesToLive(head);
    expect(Object.values(entries)).toEqual(Array(5).fill(Math.ceil((now + 2 * HOUR) / 1000)));
  });

  it("S21. keep brings nothing back that is deleted at the same time", async () => {
    const key = keyOf(newHead());
    await store.log.append(key, newEntry(1));
    faults.meet("UpdateItem", {
      async act(input, send) {
        const { Key } = input as { Key: { pk: { S: string }; sk: { S: string } } };
        await client.send(new DeleteItemCommand({ TableName: tableName, Key }));
        return send(input);
      },
    });
    await store.log.keep(key);
    expect(await itemsOf(key)).toEqual({});
  });

  it("S21. a head may be deleted only after its expiresAt, which it has once it has ended", async () => {
    const head = newHead();
    await store.runs.create(head, now);
    await store.log.append(head, newEntry(1), {
      change: { status: "completed", expiresAt: now + 1 },
    });
    expect(await timesToLive(head)).toMatchObject({ head: Math.ceil((now + 1) / 1000) });
  });
});

describe("the indexes", () => {
  const indexed = ["listPartition", "listSort", "duePartition", "dueAt"];

  it("are moved by the end of a run, and not before", async () => {
    const head = newHead();
    await store.runs.create(head, now);
    const { head: before } = await itemsOf(head);
    await store.log.append(head, newEntry(1), { change: { status: "running" } });
    await store.runs.patch(head, {
      position: 1,
      change: { status: "suspended", startedAt: 5 },
      readDueAt: undefined,
    });
    const { head: running } = await itemsOf(head);
    for (const name of indexed) expect(running?.[name]).toEqual(before?.[name]);
    await store.log.append(head, newEntry(2), { change: { status: "failed" } });
    const { head: ended } = await itemsOf(head);
    expect(ended).toMatchObject({ listPartition: { S: expect.stringMatching(/^failed#\d$/) } });
    expect(ended).not.toHaveProperty("dueAt");
  });

  it("have all keys defined", () => {
    const keys = [tableDefinition, ...tableDefinition.GlobalSecondaryIndexes].flatMap(
      ({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName),
    );
    const defined = tableDefinition.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
    expect(new Set(keys)).toEqual(new Set(defined));
  });

  it("may be behind when a run ends: its head is right, and whoever reads it files it anew", async () => {
    const head = newHead({ dueAt: -5_000, workflow: unique("workflow") });
    await store.runs.create(head, now);
    faults.alwaysMeet("UpdateItem", refused(serviceError("AccessDeniedException")));
    const change = { status: "cancelled" as const, endedAt: 5 };
    expect(await store.log.append(head, newEntry(1), { change })).toEqual({ outcome: "appended" });
    faults.clear();
    const due = { runId: head.runId, dueAt: -5_000 };
    expect(await store.runs.listDue({ until: -4_000, limit: 10 })).toEqual([due]);
    const { workflow } = head;
    expect((await store.runs.list({ workflow }, { limit: 10 })).runs).toMatchObject([change]);
    expect(await store.runs.moveDue(head, { from: -5_000, to: 1, resends: 1 })).toBe(false);
    expect(
      await store.runs.patch(head, { position: 9, change: { resends: 9 }, readDueAt: -5_000 }),
    ).toMatchObject({ ok: false });

    const read = await store.runs.get(head.runId, now);
    expect(read).toMatchObject(change);
    expect(read).not.toHaveProperty("dueAt");
    expect(await store.runs.listDue({ until: -4_000, limit: 10 })).toEqual([]);
    const ended = await store.runs.list({ workflow, status: "cancelled" }, { limit: 10 });
    expect(ended.runs).toEqual([read]);
  });

  it("spread over all shards", async () => {
    const heads = Array.from({ length: 100 }, () => newHead());
    await Promise.all(heads.map((head) => store.runs.create(head, now)));
    const items = await allItems();
    for (const name of ["listPartition", "duePartition"]) {
      const counts = new Map<string, number>();
      for (const item of items) {
        const partition = item[name]?.S ?? "";
        if (item["status"]?.S === "pending")
          counts.set(partition, (counts.get(partition) ?? 0) + 1);
      }
      expect(counts.size).toBe(4);
      expect(Math.min(...counts.values())).toBeGreaterThan(10);
    }
  });
});

describe("an item that nobody of us wrote", () => {
  const damage = async (key: RunKey, sk: string, name: string, value: string) => {
    const pk = sk === "head" ? `run#${key.runId}` : `run#${key.runId}#${key.incarnation}`;
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: "SET #name = :value",
        ExpressionAttributeNames: { "#name": name },
        ExpressionAttributeValues: { ":value": { S: value } },
      }),
    );
  };

  it.each([
    ["no JSON", "{"],
    ["no list", "{}"],
    ["an unknown event", '[{"type":"step.exploded"}]'],
    ["an event without its fields", '[{"type":"step.started","command":1}]'],
  ])("is a clear error: an entry with %s", async (_, events) => {
    const key = keyOf(newHead());
    await store.log.append(key, newEntry(1));
    await damage(key, "entry#0000000001", "events", events);
    const read = store.log.read(key, { from: 1 });
    await expect(read).rejects.toMatchObject({ code: "store.damaged" });
    await expect(read).rejects.toThrow("entry#0000000001");
  });

  it.each([
    ["start", "{"],
    ["start", '{"position":0}'],
    ["tags", "blue"],
    ["createdAt", "long ago"],
    ["cancellation", "[]"],
    ["problem", "null"],
    ["position", "first"],
  ])("is a row of lists: a head whose %s is %s", async (name, value) => {
    const workflow = unique("workflow");
    const heads = [newHead({ workflow }), newHead({ workflow }), newHead({ workflow })];
    for (const head of heads) await store.runs.create(head, now);
    const [bad = newHead(), ...others] = heads;
    await damage(bad, "head", name, value);
    const { runs } = await store.runs.list({ workflow }, { limit: 10 });
    expect(runs).toEqual(
      expect.arrayContaining([
        ...others,
        expect.objectContaining({
          runId: bad.runId,
          createdAt: bad.createdAt,
          status: "pending",
          damage: expect.stringMatching(new RegExp(`Item run#${bad.runId} head .*${name}`)),
        }),
      ]),
    );
  });

  it("S23. is news again once it was mended and is damaged anew", async () => {
    const head = newHead({ dueAt: -7_000 });
    await store.runs.create(head, now);
    await damage(head, "head", "status", "hibernating");
    expect(await store.runs.setAside(head.runId, -6_000)).toBe(true);
    expect(await store.runs.setAside(head.runId, -5_000)).toBe(false);
    await damage(head, "head", "status", "running");
    expect(await store.runs.get(head.runId, now)).toEqual({
      ...head,
      status: "running",
      dueAt: -5_000,
    });
    expect(await store.runs.moveDue(head, { from: -5_000, to: -4_000, resends: 1 })).toBe(true);
    await damage(head, "head", "status", "hibernating");
    expect(await store.runs.setAside(head.runId, -3_000)).toBe(true);
    await client.send(
      new DeleteItemCommand({
        TableName: tableName,
        Key: { pk: { S: `run#${head.runId}` }, sk: { S: "head" } },
      }),
    );
  });

  it("is a clear error: a head, a task, done marks", async () => {
    const head = newHead();
    await store.runs.create(head, now);
    await store.tasks.claim(head, 1, newClaim());
    await store.tasks.markDone(head, 1);
    await damage(head, "task#0000000001", "end", '{"type":"exploded"}');
    await damage(head, "done", "done", "1");
    await damage(head, "head", "status", "sleepy");
    for (const read of [
      () => store.runs.get(head.runId, now),
      () => store.tasks.get(head, [1]),
      () => store.tasks.doneMarks(head),
    ]) {
      await expect(read()).rejects.toMatchObject({ code: "store.damaged" });
    }
  });
});
