import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { newClaim, newEntry, newHead } from "../../src/conformance/samples.ts";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import {
  brokenConnection,
  cancelledTransaction,
  type Fault,
  injectFaults,
  lostAnswer,
  refused,
  serviceError,
} from "./faults.ts";
import { openTable } from "./open-table.ts";

const { client, tableName } = await openTable();
const faults = injectFaults(client);
const store = createDynamoStore({ client, tableName });
const impatient = createDynamoStore({ client, tableName, timeout: "1s" });

it("a store says that it repeats calls itself (S18)", () => {
  expect(store.repeatsCalls).toBe(true);
});

afterEach(() => faults.clear());
afterAll(() => client.destroy());

const ended = { status: "completed" as const, endedAt: 9, expiresAt: 90_000 };

/** A started run with a claimed task 0, and the calls of the store that write, each with its answer. */
async function prepare(on: Store = store) {
  const head = newHead();
  await on.runs.create(head, 0);
  const held = newClaim();
  await on.tasks.claim(head, 0, held);
  await on.tasks.markDone(head, 3);
  faults.sent();
  return { head, held };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;
type Write = [
  name: string,
  operation: string,
  call: (on: Store, prepared: Prepared) => () => Promise<unknown>,
  answer: unknown,
];

const writes: Write[] = [
  [
    "runs.create",
    "PutItem",
    (on) => {
      const head = newHead();
      return () => on.runs.create(head, 0);
    },
    { created: true },
  ],
  [
    "log.append",
    "PutItem",
    (on, { head }) => {
      const entry = newEntry(1);
      return () => on.log.append(head, entry);
    },
    { outcome: "appended" },
  ],
  [
    "append with a head change",
    "TransactWriteItems",
    (on, { head }) => {
      const entry = newEntry(1);
      return () => on.log.append(head, entry, { change: { status: "cancelling", dueAt: 5 } });
    },
    { outcome: "appended" },
  ],
  [
    "append of an end",
    "TransactWriteItems",
    (on, { head }) => {
      const entry = newEntry(1);
      return () => on.log.append(head, entry, { change: ended });
    },
    { outcome: "appended" },
  ],
  [
    "runs.patch",
    "UpdateItem",
    (on, { head }) =>
      () =>
        on.runs.patch(head, {
          position: 1,
          change: { status: "suspended", dueAt: 9_000 },
          readDueAt: head.dueAt,
        }),
    { ok: true },
  ],
  [
    "runs.moveDue",
    "UpdateItem",
    (on, { head }) =>
      () =>
        on.runs.moveDue(head, { from: 1_000, to: 9_000, resends: 1 }),
    true,
  ],
  [
    "tasks.claim",
    "UpdateItem",
    (on, { head }) => {
      const claim = newClaim();
      return () => on.tasks.claim(head, 1, claim);
    },
    { ok: true },
  ],
  [
    "renew",
    "UpdateItem",
    (on, { head, held }) =>
      () =>
        on.tasks.update(head, 0, { claim: held.claim, type: "renew", lease: 30_000 }),
    { ok: true },
  ],
  [
    "retry",
    "UpdateItem",
    (on, { head, held }) =>
      () =>
        on.tasks.update(head, 0, { claim: held.claim, type: "retry", retryAt: 5, error: [1] }),
    { ok: true },
  ],
  [
    "finish",
    "UpdateItem",
    (on, { head, held }) =>
      () =>
        on.tasks.update(head, 0, {
          claim: held.claim,
          type: "finish",
          end: { type: "completed", result: [1] },
        }),
    { ok: true },
  ],
  [
    "tasks.stop",
    "UpdateItem",
    (on, { head }) =>
      () =>
        on.tasks.stop(head, [0]),
    undefined,
  ],
  [
    "tasks.markDone",
    "UpdateItem",
    (on, { head }) =>
      () =>
        on.tasks.markDone(head, 4),
    undefined,
  ],
  [
    "tasks.unmarkDone",
    "UpdateItem",
    (on, { head }) =>
      () =>
        on.tasks.unmarkDone(head, [3]),
    undefined,
  ],
];

function expectAnswer(answer: unknown, expected: unknown): void {
  if (typeof expected === "object" && expected !== null) expect(answer).toMatchObject(expected);
  else expect(answer).toBe(expected);
}

describe("a write whose answer is lost", () => {
  it.each(writes)("%s is recognised as its own", async (_, operation, prepareCall, expected) => {
    const call = prepareCall(store, await prepare());
    faults.meet(operation, lostAnswer, lostAnswer);
    expectAnswer(await call(), expected);
    expect(faults.sent().slice(0, 3)).toEqual([operation, operation, operation]);
  });

  it.each(writes)("%s takes effect once", async (_, operation, prepareCall) => {
    const prepared = await prepare();
    const { head } = prepared;
    const call = prepareCall(store, prepared);
    await call();
    const state = async () => [
      await store.runs.get(head.runId, 0),
      await store.log.read(head, { from: 1 }),
      await store.tasks.get(head, [0, 1]),
      await store.tasks.doneMarks(head),
    ];
    const before = await state();
    faults.meet(operation, lostAnswer);
    await call();
    expect(await state()).toEqual(before);
  });

  it.each(writes)(
    "%s may be repeated by the caller",
    async (_, operation, prepareCall, expected) => {
      const call = prepareCall(impatient, await prepare());
      faults.alwaysMeet(operation, lostAnswer);
      await expect(call()).rejects.toBeInstanceOf(StoreUnavailableError);
      faults.clear();
      expectAnswer(await call(), expected);
    },
  );

  it("that others wrote upon meanwhile is still its own", async () => {
    const { head } = await prepare();
    const entry = newEntry(1);
    faults.meet("PutItem", {
      async act(input, send) {
        await send(input);
        await store.log.append(head, newEntry(2), { change: { status: "terminated" } });
        throw brokenConnection();
      },
    });
    expect(await store.log.append(head, entry)).toEqual({ outcome: "appended" });
  });

  it("append with a head change is one transaction to DynamoDB, whenever it is repeated", async () => {
    const { head } = await prepare();
    const tokens: unknown[] = [];
    const watch: Fault = {
      act(input, send) {
        tokens.push(input["ClientRequestToken"]);
        return lostAnswer.act(input, send);
      },
    };
    const entry = newEntry(1);
    faults.meet("TransactWriteItems", watch, watch);
    await store.log.append(head, entry, { change: { resends: 1 } });
    faults.meet("TransactWriteItems", watch);
    await store.log.append(head, newEntry(2), { change: { resends: 2 } });
    expect(tokens[0]).toMatch(/^[\w-]{36}$/);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
    // Another entry for the same place is another intent.
    faults.meet("TransactWriteItems", watch);
    const other = await store.log.append(head, newEntry(2), { change: { resends: 3 } });
    expect(other.outcome).toBe("conflict");
    expect(tokens.at(-1)).not.toBe(tokens[2]);
  });

  it("append with a head change may be repeated with another change, derived from a later time", async () => {
    const { head } = await prepare();
    const entry = newEntry(1);
    expect(await store.log.append(head, entry, { change: { dueAt: 1 } })).toEqual({
      outcome: "appended",
    });
    const mismatch = serviceError("IdempotentParameterMismatchException");
    faults.meet("TransactWriteItems", refused(mismatch));
    expect(await store.log.append(head, entry, { change: { dueAt: 2 } })).toEqual({
      outcome: "appended",
    });
    expect(faults.sent()).toEqual([
      "TransactWriteItems",
      "TransactWriteItems",
      "TransactWriteItems",
    ]);
    expect(await store.runs.get(head.runId, 0)).toMatchObject({ dueAt: 1 });
  });
});

describe("a passing failure", () => {
  const passing: [string, Error][] = [
    ["throttling", serviceError("ProvisionedThroughputExceededException")],
    ["throttling of the account", serviceError("RequestLimitExceeded")],
    ["throttling of the API", serviceError("ThrottlingException")],
    ["a fault of the server", serviceError("InternalServerError", {}, 500)],
    ["an unknown answer of a machine in between", serviceError("UnknownError", {}, 503)],
    [
      "a cut off answer",
      Object.assign(new SyntaxError("end of JSON"), { $response: { statusCode: 200 } }),
    ],
    ["a broken connection", brokenConnection()],
    ["a name that cannot be resolved", Object.assign(new Error("dns"), { code: "EAI_AGAIN" })],
    ["a failed fetch", new TypeError("fetch failed", { cause: brokenConnection() })],
    ["a timeout", Object.assign(new Error("timed out"), { name: "TimeoutError" })],
    ["a transaction on the same item", serviceError("TransactionConflictException")],
    ["a transaction under way", serviceError("TransactionInProgressException")],
  ];

  it.each(passing)("%s is met by sending the same again", async (_, error) => {
    const { head } = await prepare();
    faults.meet("PutItem", refused(error), refused(error));
    expect(await store.log.append(head, newEntry(1))).toEqual({ outcome: "appended" });
    faults.meet("TransactWriteItems", refused(error));
    expect(await store.log.append(head, newEntry(2), { change: { resends: 1 } })).toEqual({
      outcome: "appended",
    });
    faults.meet("GetItem", refused(error));
    expect(await store.runs.get(head.runId, 0)).toMatchObject({ resends: 1 });
    faults.meet("Query", refused(error));
    expect(await store.log.read(head, { from: 1 })).toHaveLength(2);
    faults.meet("BatchGetItem", refused(error));
    expect(await store.tasks.get(head, [0])).toHaveLength(1);
  });

  it.each([
    ["None", "TransactionConflict"],
    ["TransactionConflict", "ConditionalCheckFailed"],
    ["ProvisionedThroughputExceeded", "None"],
    ["None", "ThrottlingError"],
  ])("a transaction cancelled for %s and %s is sent again", async (...codes) => {
    const { head } = await prepare();
    const fault = refused(cancelledTransaction(...codes));
    faults.meet("TransactWriteItems", fault, fault);
    expect(await store.log.append(head, newEntry(1), { change: { resends: 1 } })).toEqual({
      outcome: "appended",
    });
    expect(faults.sent()).toHaveLength(3);
  });

  it("that does not pass ends in a StoreUnavailableError, within the timeout", async () => {
    const { head } = await prepare();
    faults.alwaysMeet("PutItem", refused(serviceError("ThrottlingException")));
    const started = Date.now();
    const error = await impatient.log.append(head, newEntry(1)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ cause: { name: "ThrottlingException" } });
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(faults.sent().length).toBeGreaterThan(2);
    faults.clear();
    expect(await store.log.read(head, { from: 1 })).toEqual([]);
  });

  it("keys that a batch left out are asked for again", async () => {
    const { head } = await prepare();
    const commands = Array.from({ length: 150 }, (_, command) => command);
    await store.tasks.stop(head, commands);
    faults.sent();
    const half: Fault = {
      async act(input, send) {
        const requests = (input["RequestItems"] as Record<string, { Keys: object[] }>)[tableName];
        const Keys = requests?.Keys ?? [];
        const answered = Math.floor(Keys.length / 2);
        const of = (some: object[]) => ({ [tableName]: { ...requests, Keys: some } });
        const { output } = await send({ RequestItems: of(Keys.slice(0, answered)) });
        return { output: { ...output, UnprocessedKeys: of(Keys.slice(answered)) } };
      },
    };
    faults.meet("BatchGetItem", half, half, half);
    const tasks = await store.tasks.get(head, commands);
    expect(tasks.map(({ command }) => command)).toEqual(commands);
    expect(faults.sent().length).toBeGreaterThan(3);
  });

  it("keys that every batch leaves out end in a StoreUnavailableError", async () => {
    const { head } = await prepare();
    faults.alwaysMeet("BatchGetItem", {
      act: async ({ RequestItems }) => ({
        output: { Responses: {}, UnprocessedKeys: RequestItems },
      }),
    });
    await expect(impatient.tasks.get(head, [0])).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it("a list whose index still shows where a run was shows the run once, where it is", async () => {
    const { head } = await prepare();
    const ghost = { listSort: { S: `0000000000000005#${head.runId}` } };
    faults.meet("Query", {
      async act(input, send) {
        const answer = await send(input);
        const items = Reflect.get(answer.output, "Items") as object[];
        return { output: { ...answer.output, Items: [...items, ghost] } };
      },
    });
    const page = await store.runs.list({ status: "pending", createdAfter: 4 }, { limit: 1000 });
    expect(page.runs.filter(({ runId }) => runId === head.runId)).toHaveLength(1);
  });

  it.each([0, 1])(
    "a query that passed entry %i before it was written is made again",
    async (passed) => {
      const { head } = await prepare();
      for (const position of [1, 2, 3]) await store.log.append(head, newEntry(position));
      faults.meet("Query", {
        async act(input, send) {
          const { output } = await send(input);
          const items = Reflect.get(output, "Items") as object[];
          return { output: { ...output, Items: items.filter((_, index) => index !== passed) } };
        },
      });
      expect((await store.log.read(head, { from: 1 })).map(({ position }) => position)).toEqual([
        1, 2, 3,
      ]);
    },
  );
});

describe("a lasting failure", () => {
  const lasting: [string, string, string][] = [
    ["AccessDeniedException", "store.refused", "permissions"],
    ["ValidationException", "store.refused", "ValidationException"],
    ["ResourceNotFoundException", "store.tableMissing", "createTable"],
  ];

  it.each(lasting)("%s is not sent again, and says what to do", async (name, code, advice) => {
    const { head } = await prepare();
    for (const operation of ["PutItem", "TransactWriteItems", "UpdateItem", "GetItem", "Query"]) {
      faults.alwaysMeet(operation, refused(serviceError(name)));
    }
    const calls = [
      () => store.log.append(head, newEntry(1)),
      () => store.log.append(head, newEntry(1), { change: { resends: 1 } }),
      () => store.runs.patch(head, { position: 1, change: {}, readDueAt: undefined }),
      () => store.runs.get(head.runId, 0),
      () => store.log.read(head, { from: 1 }),
      () => store.runs.listDue({ until: 0, limit: 1 }),
    ];
    for (const call of calls) {
      faults.sent();
      const error: unknown = await call().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code, cause: { name } });
      expect(String(error)).toContain(advice);
      expect(String(error)).toContain(tableName);
      expect(new Set(faults.sent()).size).toBe(1);
    }
  });

  it("a transaction that is cancelled for what it asks says so", async () => {
    const { head } = await prepare();
    faults.meet("TransactWriteItems", refused(cancelledTransaction("None", "ValidationError")));
    const append = store.log.append(head, newEntry(1), { change: { resends: 1 } });
    await expect(append).rejects.toMatchObject({ code: "store.refused" });
    expect(faults.sent()).toEqual(["TransactWriteItems"]);
  });

  it("a table that does not exist is named", async () => {
    const elsewhere = createDynamoStore({ client, tableName: "no-such-table" });
    const read = elsewhere.runs.get("run", 0);
    await expect(read).rejects.toThrow('There is no table "no-such-table"');
    await expect(read).rejects.toMatchObject({ code: "store.tableMissing" });
  });

  it("a server that cannot tell what stands there is refused, not misread", async () => {
    const { head } = await prepare();
    faults.meet("PutItem", refused(serviceError("ConditionalCheckFailedException")));
    const append = store.log.append(head, newEntry(1));
    await expect(append).rejects.toMatchObject({ code: "store.refused" });
  });

  it("an error of the application's own middleware comes through as it is the cause", async () => {
    const bug = new TypeError("x is not a function");
    faults.meet("GetItem", refused(bug));
    await expect(store.runs.get("run", 0)).rejects.toMatchObject({
      code: "store.refused",
      cause: bug,
    });
  });
});
