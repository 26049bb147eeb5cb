/** The functions as the project deploys them, in processes whose clocks disagree. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { bundleFunctions } from "../../infra/bundle.ts";
import { type Emulator, startEmulator } from "../../infra/emulator/emulator.ts";
import { readStack } from "../../infra/emulator/stack.ts";
import { Teardown } from "../../infra/emulator/teardown.ts";
import { createLocalClient } from "../../infra/local-client.ts";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { isEnded } from "../../src/core/run.ts";
import type { Store } from "../../src/engine/index.ts";
import { assertInvariants } from "../../src/testing/index.ts";
import { until } from "../until.ts";
import { request } from "./api-client.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Two of them differ by as much as the engine allows for. */
const SKEWS_MS = [-1_000, 1_000, 0];

const teardown = new Teardown();
let emulator: Emulator;
let store: Store;
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "detent-deployed-"));
  teardown.add(() => rm(root, { recursive: true }));
  await bundleFunctions(join(root, "build", "functions"));
  let started = 0;
  emulator = await startEmulator({
    root,
    stack: readStack(ROOT),
    dynamodbEndpoint: inject("dynamodbEndpoint"),
    instances: SKEWS_MS.length,
    nextSkewMs: () => SKEWS_MS[started++ % SKEWS_MS.length] ?? 0,
  });
  teardown.add(() => emulator.stop());
  const client = createLocalClient(emulator.dynamodbEndpoint);
  teardown.add(() => client.destroy());
  store = createDynamoStore({ client, tableName: emulator.tableName });
}, 60_000);
afterAll(() => teardown.run());

/** @returns how it ended. */
async function endOf(runId: string): Promise<string> {
  const head = await until(async () => {
    const found = await store.runs.get(runId, Date.now());
    return found && isEnded(found.status) ? found : undefined;
  });
  assertInvariants(await store.log.read(head, { from: 0 }), head);
  return head.status;
}

it("take orders to their ends, and clean up after those that are cancelled", async () => {
  const numbers = Array.from({ length: 9 }, (_, number) => number);
  const ends = await Promise.all(
    numbers.map(async (number) => {
      const runId = `order-${number}`;
      const input = { orderId: String(number) };
      await request(emulator, "POST", "/workflows/order/runs", { runId, input });
      if (number % 3 === 0) {
        await until(async () => (await store.runs.get(runId, Date.now()))?.startedAt);
        await request(emulator, "POST", `/runs/${runId}/cancel`, { reason: "enough" });
      }
      return await endOf(runId);
    }),
  );
  expect(ends).toEqual(numbers.map((number) => (number % 3 === 0 ? "cancelled" : "completed")));
  expect(emulator.instances().filter(({ name }) => name === "turn").length).toBeGreaterThan(1);
}, 90_000);
