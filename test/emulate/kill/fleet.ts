/** Sends a fleet of runs through an emulated stack while a plan's misfortunes befall it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startKeptDynamoLocal } from "../../../infra/dynamodb-local.ts";
import { type Emulator, type Invoke, startEmulator } from "../../../infra/emulator/emulator.ts";
import { Teardown } from "../../../infra/emulator/teardown.ts";
import { createLocalClient } from "../../../infra/local-client.ts";
import { findLastingPort } from "../../../infra/local-process.ts";
import { createDynamoStore } from "../../../src/adapters/dynamodb/index.ts";
import { isEnded } from "../../../src/core/run.ts";
import type { Store } from "../../../src/engine/index.ts";
import { Random } from "../../simulation/random.ts";
import { request } from "../api-client.ts";
import { type Journey, PLACES } from "../deployment/journey.ts";
import { buildTestStack } from "../test-stack.ts";
import { answer, type ToldOf } from "./answers.ts";
import { type Answers, cancel } from "./cancels.ts";
import { Ledger } from "./ledger.ts";
import { type Kills, letHappen } from "./misfortunes.ts";
import { noisy } from "./noise.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { judge, type Verdict } from "./verdict.ts";

export interface Report extends Kills, Verdict {
  /** How often steps had their effects; more often than there are results, when they were killed. */
  effects: number;
  answers: Answers;
  /** How many runs were answered that had asked. */
  answered: number;
  /** How many messages functions were invoked with, copies included. */
  deliveries: number;
  seconds: number;
}

const HASTE = { turnTimeoutMs: 8_000, visibilityTimeoutS: 9, sweepEveryMs: 4_000 };
const INSTANCES = 4;
const STARTS_AT_ONCE = 4;
/** Clocks of functions differ by up to twice this, which the settings of the tests allow for. */
const SKEW_MS = 200;
const LOOK_EVERY_MS = 300;
/** Some attempts fail, and what was done is undone. */
const EFFECTS_OF_A_RUN = 1.4 * PLACES;

/** @param tell takes what happens, a line at a time. */
export async function sendFleet(
  plan: Plan,
  { longestMs, tell }: { longestMs: number; tell(line: string): void },
): Promise<Report> {
  const began = Date.now();
  const giveUpAt = began + longestMs;
  const teardown = new Teardown();
  try {
    const { emulator, store, ledger, ...launched } = await launch(plan, teardown, tell);
    let isOver = false;
    const random = new Random(`misfortunes/${plan.seed}`);
    const children = plan.runs.filter(({ escorted }) => escorted).length;
    const expected = (plan.runs.length + children) * EFFECTS_OF_A_RUN;
    const progress = (): number => ledger.size / expected;
    const misfortunes = letHappen(plan.misfortunes, {
      emulator,
      random,
      tell,
      progress,
      isOver: () => isOver,
      restartDynamo: launched.restartDynamo,
    });
    teardown.add(() => {
      isOver = true;
      return misfortunes;
    });
    const starts = startAll(emulator, plan.runs, ledger.path);
    const effects = async (runId: string, atLeast: number): Promise<void> => {
      await starts.get(runId);
      while (ledger.of(runId).length < atLeast && Date.now() < giveUpAt) await pause(LOOK_EVERY_MS);
    };
    const answers: Answers = { requested: 0, alreadyRequested: 0, alreadyEnded: 0 };
    const cancels = plan.runs.map(async ({ runId, cancel: planned }) => {
      if (planned) await cancel(emulator, runId, planned, { effects, answers });
    });
    const told = new Map<string, ToldOf>();
    const replies = plan.runs.map(async ({ runId, asks }) => {
      await starts.get(runId);
      const isTooLate = (): boolean => Date.now() > giveUpAt;
      if (asks) told.set(runId, await answer(emulator, runId, isTooLate));
    });
    const toTheEnd = async (): Promise<void> => {
      await Promise.all([...starts.values(), ...cancels, ...replies]);
      await allEnded(store, plan.runs, giveUpAt);
      isOver = true;
    };
    const [kills] = await Promise.all([misfortunes, toTheEnd()]);
    const verdict = await judge(store, plan, { ledger, told });
    const seconds = Math.round((Date.now() - began) / 1000);
    const deliveries = launched.deliveries();
    const answered = [...told.values()].filter((each) => [...each.values()].includes(202)).length;
    return { ...kills, ...verdict, answers, answered, deliveries, effects: ledger.size, seconds };
  } finally {
    await teardown.run();
  }
}

interface Launched {
  emulator: Emulator;
  store: Store;
  ledger: Ledger;
  deliveries(): number;
  restartDynamo(downMs: number): Promise<void>;
}

async function launch(
  { seed }: Plan,
  teardown: Teardown,
  tell: (line: string) => void,
): Promise<Launched> {
  const folder = await mkdtemp(join(tmpdir(), "detent-kill-"));
  teardown.add(() => rm(folder, { recursive: true, force: true }));
  const { remove, ...built } = await buildTestStack(HASTE);
  teardown.add(remove);

  const port = await findLastingPort();
  let dynamodb = await startKeptDynamoLocal(folder, port);
  teardown.add(() => dynamodb.stop());
  const skews = new Random(`skews/${seed}`);
  const chance = new Random(`deliveries/${seed}`);
  let deliveries = 0;
  const counted = (invoke: Invoke): Invoke => {
    return (event) => {
      deliveries += event.Records.length;
      return invoke(event);
    };
  };
  const emulator = await startEmulator({
    ...built,
    instances: INSTANCES,
    dynamodbEndpoint: dynamodb.endpoint,
    nextSkewMs: () => skews.between(-SKEW_MS, SKEW_MS),
    handIn: (invoke) => noisy(counted(invoke), chance),
    output: tell,
  });
  teardown.add(() => emulator.stop());
  const client = createLocalClient(dynamodb.endpoint);
  teardown.add(() => client.destroy());
  return {
    emulator,
    store: createDynamoStore({ client, tableName: emulator.tableName }),
    ledger: new Ledger(join(folder, "ledger")),
    deliveries: () => deliveries,
    async restartDynamo(downMs) {
      await dynamodb.stop();
      await pause(downMs);
      dynamodb = await startKeptDynamoLocal(folder, port);
    },
  };
}

/** Starts them in their order, some at once. @returns when each has been started, by its id. */
function startAll(
  emulator: Emulator,
  runs: readonly PlannedRun[],
  ledger: string,
): Map<string, Promise<void>> {
  const starts = new Map<string, Promise<void>>();
  const rows = Array.from({ length: STARTS_AT_ONCE }, () => Promise.resolve());
  for (const [index, { runId, seed, endless, asks, escorted }] of runs.entries()) {
    const input: Journey = { seed, ledger, endless, asks, escorted };
    const row = index % STARTS_AT_ONCE;
    const start = (rows[row] ?? Promise.resolve()).then(async () => {
      await request(emulator, "POST", "/workflows/journey/runs", { runId, input });
    });
    rows[row] = start;
    starts.set(runId, start);
  }
  return starts;
}

/** What has not ended by then, the verdict says. */
async function allEnded(
  store: Store,
  runs: readonly PlannedRun[],
  giveUpAt: number,
): Promise<void> {
  let left = runs;
  while (left.length > 0 && Date.now() < giveUpAt) {
    const heads = await Promise.all(left.map(({ runId }) => store.runs.get(runId, Date.now())));
    left = left.filter((_, index) => {
      const head = heads[index];
      return !(head && isEnded(head.status));
    });
    if (left.length > 0) await pause(LOOK_EVERY_MS);
  }
}
