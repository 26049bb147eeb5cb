/**
 * Any sequence of calls gets the same answers from the memory store, which everything else is tested
 * on, as from DynamoDB. `STORE_SEQUENCES` says how many sequences, `STORE_SEED` repeats a run.
 */
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { newHead, unique } from "../../src/conformance/samples.ts";
import { RUN_STATUSES } from "../../src/core/run.ts";
import type { StoreCallName } from "../../src/ports/store/around.ts";
import type { HeadChange, RunFilter, RunKey, Store, TaskChange } from "../../src/ports/store.ts";
import { openTable } from "../dynamodb/open-table.ts";

const { client, tableName } = await openTable();
const dynamo = createDynamoStore({ client, tableName });

afterAll(() => client.destroy());

/** A call of the port, with ids that are told apart by a stem, as one table serves all sequences. */
type Call = (store: Store, stem: string) => Promise<unknown>;

const small = fc.integer({ min: 0, max: 4 });
const time = fc.integer({ min: 0, max: 6 });
const position = fc.integer({ min: 1, max: 4 });
const status = fc.constantFrom(...RUN_STATUSES);
const name = fc.constantFrom("a", "b");
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });

const key = fc.record({
  run: fc.constantFrom("r", "r#i", "s"),
  incarnation: fc.constantFrom("i", "j"),
});
type Key = { run: string; incarnation: string };
const keyOn = (stem: string, { run, incarnation }: Key): RunKey => ({
  runId: `${stem}${run}`,
  incarnation,
});

const cancellation = fc.record({ requestedAt: time, deadline: time, reason: name });
const termination = fc.record({ at: time, reason: name }, { requiredKeys: ["at"] });
const problem = fc.record({ code: name, message: name, at: time, tries: small });
const closing = fc.oneof(
  fc.record({ output: fc.tuple(small) }),
  fc.record({ error: fc.tuple(small) }),
);
const change: fc.Arbitrary<HeadChange> = fc.record(
  {
    status,
    startedAt: time,
    endedAt: time,
    dueAt: fc.option(time),
    resends: small,
    keepAt: time,
    cancellation,
    termination,
    problem: fc.option(problem),
    closing,
    expiresAt: time,
  },
  { requiredKeys: [] },
);

const update: fc.Arbitrary<TaskChange> = fc.oneof(
  fc.record({ type: fc.constant("renew" as const), lease: time }),
  fc.record({ type: fc.constant("retry" as const), retryAt: time, error: fc.tuple(small) }),
  fc.record({
    type: fc.constant("finish" as const),
    end: fc.record({ type: fc.constant("completed" as const), result: fc.tuple(small) }),
  }),
);

/** Calls with arguments of a kind; a failing sequence shows the arguments. */
function calls<Arguments extends unknown[]>(
  method: StoreCallName,
  given: fc.Arbitrary<Arguments>,
  make: (store: Store, stem: string, ...given: Arguments) => Promise<unknown>,
): fc.Arbitrary<Call> {
  return given.map((all) =>
    Object.assign((store: Store, stem: string) => make(store, stem, ...all), {
      [fc.toStringMethod]: () => `${method}(${fc.stringify(all)})`,
    }),
  );
}

const anyCall = fc.oneof(
  calls(
    "runs.create",
    fc.tuple(key, fc.boolean(), small, name, maybe(time), time),
    (store, stem, at, isLarge, createdAt, workflow, dueAt, now) => {
      const { dueAt: _, ...head } = newHead({
        ...keyOn(stem, at),
        workflow: `${stem}${workflow}`,
        tags: [workflow],
        createdAt,
        start: {
          position: 0,
          id: isLarge ? "s".repeat(9_000) : "start",
          at: createdAt,
          events: [],
        },
      });
      return store.runs.create(dueAt === undefined ? head : { ...head, dueAt }, now);
    },
  ),
  calls("runs.get", fc.tuple(key, time), (store, stem, at, now) =>
    store.runs.get(keyOn(stem, at).runId, now),
  ),
  calls(
    "log.append",
    fc.tuple(key, position, name, maybe(change), maybe(time)),
    (store, stem, at, place, id, changed, dueAt) =>
      store.log.append(
        keyOn(stem, at),
        { position: place, id, at: 1, events: [] },
        { change: changed, dueAt },
      ),
  ),
  calls("log.clearRows", fc.tuple(key, fc.array(position)), (store, stem, at, positions) => {
    const rows = positions.map((place) => ({ type: "entry" as const, position: place }));
    return store.log.clearRows(keyOn(stem, at), rows);
  }),
  calls("log.read", fc.tuple(key, small, maybe(position)), (store, stem, at, from, limit) =>
    store.log.read(keyOn(stem, at), { from, limit }),
  ),
  calls(
    "runs.patch",
    fc.tuple(key, small, change, maybe(time)),
    (store, stem, at, place, changed, read) =>
      store.runs.patch(keyOn(stem, at), { position: place, change: changed, readDueAt: read }),
  ),
  calls("runs.moveDue", fc.tuple(key, time, time, small), (store, stem, at, from, to, resends) =>
    store.runs.moveDue(keyOn(stem, at), { from, to, resends }),
  ),
  calls(
    "tasks.claim",
    fc.tuple(key, small, name, position, time, time),
    (store, stem, at, command, claim, attempt, lease, now) => {
      const times = { lease, now, startedAt: now, leaseEndedBefore: now - 1 };
      return store.tasks.claim(keyOn(stem, at), command, { claim, attempt, ...times });
    },
  ),
  calls(
    "tasks.update",
    fc.tuple(key, small, name, update),
    (store, stem, at, command, claim, changed) =>
      store.tasks.update(keyOn(stem, at), command, { claim, ...changed }),
  ),
  calls("tasks.stop", fc.tuple(key, fc.array(small)), (store, stem, at, commands) =>
    store.tasks.stop(keyOn(stem, at), commands),
  ),
  calls("tasks.get", fc.tuple(key, fc.array(small)), (store, stem, at, commands) =>
    store.tasks.get(keyOn(stem, at), commands),
  ),
  calls("tasks.markDone", fc.tuple(key, small), (store, stem, at, command) =>
    store.tasks.markDone(keyOn(stem, at), command),
  ),
  calls("tasks.unmarkDone", fc.tuple(key, fc.array(small)), (store, stem, at, commands) =>
    store.tasks.unmarkDone(keyOn(stem, at), commands),
  ),
  calls("tasks.doneMarks", fc.tuple(key), (store, stem, at) =>
    store.tasks.doneMarks(keyOn(stem, at)),
  ),
  calls(
    "runs.list",
    fc.tuple(
      fc.record({
        status: maybe(status),
        tag: maybe(name),
        createdAfter: maybe(time),
        createdBefore: maybe(time),
        now: maybe(time),
      }),
      name,
      position,
    ),
    (store, stem, filter, workflow, limit) =>
      allPages(store, { ...filter, workflow: `${stem}${workflow}` }, limit),
  ),
  calls("runs.listDue", fc.tuple(time), async (store, stem, until) => {
    const due = await store.runs.listDue({ until, limit: 10_000 });
    return due.filter(({ runId }) => runId.startsWith(stem));
  }),
);

async function allPages(store: Store, filter: RunFilter, limit: number): Promise<unknown[]> {
  const pages: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.runs.list(filter, { limit, cursor });
    pages.push(page);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

/** The answer, or what kind of error there was. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    return { error: Reflect.get(Object(error), "code") ?? error };
  }
}

describe("the two stores", () => {
  it("answer any sequence of calls alike", { timeout: 600_000 }, async () => {
    const seed = process.env["STORE_SEED"];
    await fc.assert(
      fc.asyncProperty(fc.array(anyCall, { minLength: 5, maxLength: 60 }), async (sequence) => {
        const stem = `${unique("stem")}-`;
        const memory = createMemoryStore();
        for (const call of sequence) {
          const expected = await outcome(call(memory, stem));
          expect(await outcome(call(dynamo, stem))).toEqual(expected);
        }
      }),
      {
        numRuns: Number(process.env["STORE_SEQUENCES"] ?? 40),
        ...(seed !== undefined && { seed: Number(seed) }),
      },
    );
  });
});
