/** A run whose step fails, and then it; tells the stacks that are on its record. */
import { sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";

function decline(what: string): never {
  throw new TypeError(`${what} was declined`);
}
const charge = step("charge", async () => decline("the card"), { retries: 0 });
const order = workflow("order", async () => {
  const error = await charge().catch((thrown: Error) => thrown.cause as Error);
  await sleep("1m");
  throw Object.assign(new Error("the order was declined"), { first: error.stack });
});
const later = workflow("later", async () => {
  await sleep("1m");
  decline("the order");
});

const engine = createTestEngine({ workflows: [order, later] });
const first = await engine.start(order);
const second = await engine.start(later);
await engine.clock.advance("1h");
const [failed, declined] = await Promise.all(
  [first, second].map(({ runId }) => engine.result(runId).catch((error: unknown) => error)),
);
const stacks = [(failed as { first: string }).first, (declined as Error).stack];
process.stdout.write(JSON.stringify(stacks));
