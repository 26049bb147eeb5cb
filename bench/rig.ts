import { randomUUID } from "node:crypto";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createLocalClient } from "../infra/local-client.ts";
import { createDynamoStore, createTable } from "../src/adapters/dynamodb/index.ts";
import { createEngine, type Engine } from "../src/engine/index.ts";
import { CHILD_WORKFLOWS } from "./children.ts";
import { runFloor, type Table } from "./floor.ts";
import { GENERATION_WORKFLOWS } from "./generations.ts";
import { HOOK_WORKFLOWS } from "./hooks.ts";
import { MESSAGE_WORKFLOWS } from "./messages.ts";
import { type Meter, meter } from "./meter.ts";
import { createRestingScheduler } from "./resting-scheduler.ts";
import type { Load } from "./scenarios.ts";
import { looping, parallel, sequential, sleeping } from "./workflows.ts";

/**
 * Engines with live executions, and the bare SDK, on one table and client. One engine alone is one
 * warm process; several, which know nothing of each other, are as many.
 */
export interface Rig {
  /** The first one. */
  engine: Engine;
  meter: Meter;
  /** How many messages were sent since it was last asked. */
  takeMessages(): number;
  /** Engines of other processes, which know nothing of each other and take no messages. */
  strangers(count: number): Engine[];
  /** Resolves when all runs have ended, or wait. */
  atRest(): Promise<void>;
  /** Starts the runs of a load together. @returns when all have ended, their ids. */
  runEngine(load: Load): Promise<string[]>;
  runFloor(load: Load): Promise<void>;
  /** @throws Error unless every run has completed with what its workflow returns. */
  check(runIds: readonly string[], load: Load): Promise<void>;
  /** Waits for the turns in flight, and deletes the table. */
  stop(): Promise<void>;
}

/** @param endpoint of a DynamoDB that takes any credentials. */
export async function createRig(endpoint: string): Promise<Rig> {
  const client = createLocalClient(endpoint);
  const table: Table = { client, tableName: `bench-${randomUUID()}` };
  await createTable(table);
  const counted = meter(client);
  const scheduler = createRestingScheduler();
  const store = createDynamoStore(table);
  const pieces = [
    ...HOOK_WORKFLOWS,
    ...MESSAGE_WORKFLOWS,
    ...GENERATION_WORKFLOWS,
    ...CHILD_WORKFLOWS,
  ] as const;
  const workflows = [sequential, parallel, looping, sleeping, ...pieces] as const;
  const engine = createEngine({ workflows, store, scheduler, replay: "live" });
  const engines = [engine];
  let turns = 0;
  scheduler.start({
    turn: (continuation) => (engines[turns++ % engines.length] ?? engine).turn(continuation),
    sweep: () => engine.sweep(),
  });

  return {
    engine: engine as Engine,
    meter: counted,
    takeMessages: () => scheduler.takeMessages(),
    strangers: (count) =>
      Array.from(
        { length: count },
        () => createEngine({ workflows, store, scheduler, replay: "live" }) as Engine,
      ),
    atRest: () => scheduler.atRest(),
    async runEngine({ shape, runs, steps, processes }) {
      while (engines.length < processes) {
        engines.push(createEngine({ workflows, store, scheduler, replay: "live" }));
      }
      engines.length = processes;
      const workflow = shape === "sequential" ? sequential : parallel;
      const handles = await Promise.all(
        Array.from({ length: runs }, () => engine.start(workflow, steps)),
      );
      await scheduler.atRest();
      return handles.map(({ runId }) => runId);
    },
    runFloor: (load) => runFloor(table, load),
    async check(runIds, { steps }) {
      for (const { runId, status, output } of await Promise.all(runIds.map(engine.getRun))) {
        if (status === "completed" && output === steps) continue;
        throw new Error(`Run ${runId} is ${status} and returned ${output}, not ${steps}.`);
      }
    },
    async stop() {
      await scheduler.stop();
      await client.send(new DeleteTableCommand({ TableName: table.tableName }));
      client.destroy();
    },
  };
}
