/** The specs of this folder share a table, and nothing else. */
import { expect, test } from "vitest";
import { sleep, workflow } from "../../src/index.ts";
import { createTestEngine, type TestEngine } from "../../src/testing/index.ts";
import { describeOnEachStore, silent } from "./each-store.ts";

describeOnEachStore("a test that is over", (world) => {
  const order = workflow("order", () => sleep("1h"));
  let before: TestEngine<typeof order>;

  test("may leave runs behind, and promises that nobody awaited", async () => {
    before = world.createEngine({ workflows: [order] });
    await before.start(order);
    // Of an engine that its world does not know.
    const other = createTestEngine({ workflows: [order], store: world.store, logger: silent });
    await other.start(order);
    await other.settle();
    await other.start(order);
  });

  test("and the next one finds none of them", async () => {
    const ran: unknown[] = [];
    const next = workflow("order", async (input: unknown) => ran.push(input));
    const engine = world.createEngine({ workflows: [next] });
    await engine.clock.advance("2h");
    expect(ran).toEqual([]);
    await expect(before.start(order)).rejects.toThrow("The test is over");
  });
});
