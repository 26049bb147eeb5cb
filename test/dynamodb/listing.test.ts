/** What a list sees of runs that change their place in the index while it is read. */
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { newEntry, newHead, unique } from "../../src/conformance/samples.ts";
import type { RunHead } from "../../src/ports/store.ts";
import { type Fault, injectFaults } from "./faults.ts";
import { openTable } from "./open-table.ts";

const { client, tableName } = await openTable();
const faults = injectFaults(client);
const store = createDynamoStore({ client, tableName });

afterEach(() => faults.clear());
afterAll(() => client.destroy());

/**
 * Queries reach the table one by one, of those that wait at once the last one first: any order may
 * happen when they are sent at once. Before the nth one something else is done.
 */
function lastFirst(nth: number, act: () => Promise<unknown>): Fault & { count(): number } {
  const waiting: (() => Promise<void>)[] = [];
  let count = 0;
  let isWorking = false;
  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    // All that is sent at once is there by then.
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      count += 1;
      if (count === nth) await act();
      await next();
    }
    isWorking = false;
  };
  return {
    count: () => count,
    act(input, send) {
      return new Promise((resolve, reject) => {
        waiting.push(() => send(input).then(resolve, reject));
        void work();
      });
    },
  };
}

async function runsOf(workflow: string, times: readonly number[]): Promise<RunHead[]> {
  const heads = times.map((createdAt) => newHead({ workflow, createdAt }));
  for (const head of heads) await store.runs.create(head, 0);
  return heads;
}

describe("a run that ends while a list is read", () => {
  // Four shards of those that go on, and of each way to have ended.
  const moments = Array.from({ length: 30 }, (_, index) => index + 1);

  it.each(moments)("is in it, if it ends before query %i", async (nth) => {
    const workflow = unique("ending");
    const heads = await runsOf(workflow, [10, 20, 30]);
    const end = () =>
      Promise.all(
        heads.map((head) =>
          store.log.append(head, newEntry(1), { change: { status: "completed", endedAt: 5 } }),
        ),
      );
    const order = lastFirst(nth, end);
    faults.alwaysMeet("Query", order);
    const { runs } = await store.runs.list({ workflow }, { limit: 10 });
    expect(runs.map(({ runId }) => runId)).toEqual(heads.map(({ runId }) => runId).reverse());
    expect(order.count()).toBeGreaterThanOrEqual(20);
  });
});

describe("a list", () => {
  it("reads those that go on no further than it needs, and those that have ended not at all if they do not fit", async () => {
    const workflow = unique("few");
    await runsOf(workflow, [10, 20, 30, 40, 50]);
    faults.clear();
    await store.runs.list({ workflow, ended: false }, { limit: 10 });
    expect(faults.sent().filter((name) => name === "Query")).toHaveLength(4);
    await store.runs.list({ workflow, status: "failed" }, { limit: 10 });
    expect(faults.sent().filter((name) => name === "Query")).toHaveLength(4);
  });
});
