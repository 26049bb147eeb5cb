/** Behaviour specs run alike on every store, and what their runs leave in the logs is checked. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { RunNotFoundError } from "../../src/core/errors.ts";
import type { EngineOptions } from "../../src/engine/create-engine.ts";
import { createConsoleLogger } from "../../src/platform/json-logger.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Store } from "../../src/ports/store.ts";
import {
  createTestEngine,
  type TestEngine,
  type TestEngineOptions,
} from "../../src/testing/index.ts";
import { openTable } from "../dynamodb/open-table.ts";
import { around } from "./watched-store.ts";

export const silent: Logger = createConsoleLogger("silent");

/** How the engines of these specs replay, as `DETENT_REPLAY` says. */
export const replay = process.env["DETENT_REPLAY"] as EngineOptions<AnyWorkflow>["replay"];

export interface World {
  readonly store: Store;
  /** A test engine on the store of this world. */
  createEngine<const W extends AnyWorkflow>(options: TestEngineOptions<W>): TestEngine<W>;
  /**
   * Says which code the log of a run is checked against when the test is over: that of the engine
   * which started it, unless told otherwise.
   */
  watch(runId: string, workflows: readonly AnyWorkflow[]): void;
}

/** Whoever asks the same of much changed code has no time for DynamoDB. */
const describeOnDynamo = process.env["DETENT_STORES"] === "memory" ? describe.skip : describe;

/** @param specs is called once for each store. */
export function describeOnEachStore(subject: string, specs: (world: World) => void): void {
  describe(`${subject}, on the memory store`, () => {
    const store = createMemoryStore();
    specs(createWorld(() => store));
  });

  describeOnDynamo(`${subject}, on DynamoDB`, () => {
    let client: DynamoDBClient;
    let store: Store;
    beforeAll(async () => {
      const table = await openTable();
      client = table.client;
      store = createDynamoStore(table);
    });
    afterAll(() => client.destroy());
    specs(createWorld(() => store));
  });
}

function createWorld(store: () => Store): World {
  const runs = new Map<string, readonly AnyWorkflow[]>();
  let test = { isOver: false };

  // Nothing is left that the next test could take for its own, also of a test that ran out of time.
  afterEach(async () => {
    test.isOver = true;
    test = { isOver: false };
    const left = [...runs];
    runs.clear();
    try {
      for (const [runId, workflows] of left) await check(store(), runId, workflows);
    } finally {
      await endAll(
        store(),
        left.map(([runId]) => runId),
      );
    }
  });

  /** The store of this world for as long as the test lasts that asks for it. */
  function duringTest(): Store {
    const own = test;
    return around(store(), async (name, call) => {
      if (!own.isOver) return await call();
      throw new Error(`The test is over, and its engine asks the store to ${name}.`);
    });
  }

  return {
    get store() {
      return store();
    },
    createEngine(options) {
      const engine = createTestEngine({ store: duringTest(), logger: silent, replay, ...options });
      const { start } = engine;
      const watchedStart = async (...args: unknown[]): Promise<unknown> => {
        const handle = await Reflect.apply(start, engine, args);
        runs.set(handle.runId, options.workflows);
        return handle;
      };
      return Object.assign(engine, { start: watchedStart });
    },
    watch: (runId, workflows) => runs.set(runId, workflows),
  };
}

async function check(
  store: Store,
  runId: string,
  workflows: readonly AnyWorkflow[],
): Promise<void> {
  const engine = createTestEngine({ workflows, store, logger: silent });
  await engine.checkInvariants(runId).catch(unlessGone);
}

/** These, and whatever else is not over. */
async function endAll(store: Store, runIds: readonly string[]): Promise<void> {
  const engine = createTestEngine({ workflows: [], store, logger: silent });
  const due = await store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: 100 });
  const all = new Set([...runIds, ...due.map(({ runId }) => runId)]);
  for (const runId of all) await engine.terminate(runId).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!(error instanceof RunNotFoundError)) throw error;
}
