/** Behaviour specs run alike on every store, and what their runs leave in the logs is checked. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { createDynamoStore } from "../../src/adapters/dynamodb/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import { RunNotFoundError } from "../../src/core/errors.ts";
import type { EngineOptions } from "../../src/engine/create-engine.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { createConsoleLogger } from "../../src/ports/logger.ts";
import type { Store } from "../../src/ports/store.ts";
import {
  createTestEngine,
  type TestEngine,
  type TestEngineOptions,
} from "../../src/testing/index.ts";
import { openTable } from "../dynamodb/open-table.ts";

export const silent: Logger = createConsoleLogger("silent");

/** How the engines of these specs replay, as `DETENT_REPLAY` says. */
export const replay = process.env["DETENT_REPLAY"] as EngineOptions<AnyWorkflow>["replay"];

export interface World {
  readonly store: Store;
  /** A test engine on the store of this world. */
  createEngine<const W extends AnyWorkflow>(options: TestEngineOptions<W>): TestEngine<W>;
  /** Has the log of this run checked when the test is over. */
  watch(runId: string): void;
}

/** @param specs is called once for each store. */
export function describeOnEachStore(subject: string, specs: (world: World) => void): void {
  describe(`${subject}, on the memory store`, () => {
    const store = createMemoryStore();
    specs(createWorld(() => store));
  });

  describe(`${subject}, on DynamoDB`, () => {
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
  let runIds = new Set<string>();
  const world: World = {
    get store() {
      return store();
    },
    createEngine(options) {
      const engine = createTestEngine({ store: store(), logger: silent, replay, ...options });
      const { start } = engine;
      const watchedStart = async (...args: unknown[]): Promise<unknown> => {
        const handle = await Reflect.apply(start, engine, args);
        runIds.add(handle.runId);
        return handle;
      };
      return Object.assign(engine, { start: watchedStart });
    },
    watch: (runId) => runIds.add(runId),
  };

  afterEach(async () => {
    const engine = createTestEngine({ workflows: [], store: store(), logger: silent });
    const left = [...runIds];
    runIds = new Set();
    for (const runId of left) {
      try {
        await engine.checkInvariants(runId);
        // The next test must not find it due.
        await engine.terminate(runId);
      } catch (error) {
        if (!(error instanceof RunNotFoundError)) throw error;
      }
    }
  });
  return world;
}
