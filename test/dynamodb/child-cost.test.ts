/** What a child costs beside a run of its own: its birth with others, its mark, and its end in its parent's log. */
import type { ConsumedCapacity, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { afterAll, expect, it } from "vitest";
import { unitsOfTransaction } from "../../bench/transactions.ts";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { child, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { silent } from "../silent.ts";
import { openTable } from "./open-table.ts";

const { client, tableName } = await openTable();
/** Write units since they were last set to none. */
let written = 0;

interface Arguments {
  input: { TransactItems?: TransactWriteItem[] };
}
interface Answer {
  output: { ConsumedCapacity?: ConsumedCapacity };
}
type Next = (args: Arguments) => Promise<Answer>;

const counting =
  (next: Next, { commandName = "" }: { commandName?: string }) =>
  async (args: Arguments): Promise<Answer> => {
    if (commandName === "TransactWriteItemsCommand") {
      const answer = await next(args);
      written += unitsOfTransaction(args.input.TransactItems ?? []).write;
      return answer;
    }
    if (!/^(Put|Update|Delete)Item/.test(commandName)) return await next(args);
    const input = { ...args.input, ReturnConsumedCapacity: "INDEXES" };
    const answer = await next({ ...args, input });
    written += answer.output.ConsumedCapacity?.CapacityUnits ?? 0;
    return answer;
  };
client.middlewareStack.add(counting as never, { step: "initialize", name: "counting" });

afterAll(() => client.destroy());

const leaf = workflow("leaf", async (n: number) => n);
const family = workflow("family", async (size: number) => {
  const children = await Promise.all(Array.from({ length: size }, (_, n) => child(leaf, n)));
  return (await Promise.all(children.map((each) => each.result()))).length;
});

it("a child takes at most 7 write units beside those of a run, and many that end at once a few entries", async () => {
  const store = createDynamoStore({ client, tableName });
  const engine = createTestEngine({ workflows: [leaf, family], store, logger: silent });
  const spent = async (work: () => Promise<unknown>): Promise<number> => {
    written = 0;
    await work();
    await engine.settle();
    return written;
  };
  const alone = await spent(async () => (await engine.start(leaf, 1)).result());
  const size = 300;
  let runId = "";
  const together = await spent(async () => {
    const run = await engine.start(family, size);
    ({ runId } = run);
    expect(await run.result()).toBe(size);
  });
  const each = (together - alone) / size - alone;
  expect(each).toBeLessThan(7);
  // If it were none of that, nothing would have been counted.
  expect(each).toBeGreaterThan(4);
  const { events } = await engine.getEvents(runId);
  const entries = new Set(events.map(({ seq }) => Math.floor(seq / 1000)));
  expect(entries.size).toBeLessThan(20);
});
