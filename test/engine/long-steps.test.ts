/** A step that executes for longer than its store keeps what nobody asks it to keep on. */
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { deleteInTime } from "../dynamodb/deleted-in-time.ts";
import { openTable } from "../dynamodb/open-table.ts";
import { replay, silent } from "./each-store.ts";
import { createGate } from "./gate.ts";

let table: Awaited<ReturnType<typeof openTable>>;
beforeEach(async () => {
  table = await openTable();
});
afterEach(() => table.client.destroy());

function open(parallel: boolean) {
  const gate = createGate();
  const long = step("long", () => gate.pass(), { timeout: "1d" });
  const others = [step("beside", async () => {})];
  const order = workflow("order", async () => {
    for (let n = 0; n < 3; n++) await step("before", async () => {}, { inline: true })();
    await Promise.all(parallel ? [long(), ...others.map((other) => other())] : [long()]);
    await sleep("1m");
    return "done";
  });
  const clock = { ...systemClock, now: () => engine.clock.now() };
  const store = createDynamoStore({ ...table, retention: "1h", clock });
  const engine = createTestEngine({ workflows: [order], store, replay, logger: silent });
  return { gate, engine, order };
}

test.each([false, true])(
  "a step longer than twice the retention keeps its run's log (as a task: %s)",
  async (parallel) => {
    const { gate, engine, order } = open(parallel);
    const { runId } = await engine.start(order);
    await engine.settle();
    expect(gate.reached).toBe(1);
    const deleted: string[] = [];
    for (let minutes = 0; minutes < 290; minutes += 10) {
      await engine.clock.advance("10m");
      deleted.push(...(await deleteInTime(table, engine.clock.now())));
    }
    expect(deleted).toEqual([]);
    gate.open();
    await engine.settle();
    // A process that knows nothing of the run reads all of it.
    const { events } = await engine.getEvents(runId);
    expect(events[0]).toMatchObject({ type: "workflow.started" });
    await engine.clock.advance("1m");
    expect(await engine.result(runId)).toBe("done");
    await engine.checkInvariants(runId);
  },
);

test("once it has ended, what was kept on is deleted like any other", async () => {
  const { gate, engine, order } = open(true);
  const { runId } = await engine.start(order);
  await engine.clock.advance("150m");
  gate.open();
  await engine.clock.advance("1m");
  expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  await engine.clock.advance("121m");
  await deleteInTime(table, engine.clock.now());
  const left = await table.client.send(new ScanCommand({ TableName: table.tableName }));
  expect(left.Items).toEqual([]);
});
