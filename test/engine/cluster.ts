/**
 * Several engines over one store, as the processes of one deployment are: any of them may get any
 * message, in any order, and more than once. Steps of its workflows must not wait for the test.
 */
import type { AnyWorkflow } from "../../src/authoring/workflow.ts";
import type { EngineOptions } from "../../src/engine/create-engine.ts";
import { createEngine, type Engine, type Observer } from "../../src/engine/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Continuation } from "../../src/ports/scheduler.ts";
import type { Store } from "../../src/ports/store.ts";
import { TestScheduler } from "../../src/testing/test-scheduler.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { replay as defaultReplay, silent, type World } from "./each-store.ts";
import { around } from "./watched-store.ts";

export interface ClusterOptions<W extends AnyWorkflow> {
  workflows: readonly W[];
  size: number;
  /** The same seed deals the same cards. */
  seed: number;
  /** How many of the messages come twice, from 0 to 1. */
  duplicates?: number;
  logger?: Logger;
  replay?: EngineOptions<W>["replay"];
  /** What observes each engine, by its number. */
  observerOf?: (engine: number) => Observer;
}

export interface Cluster<W extends AnyWorkflow> {
  readonly engines: readonly Engine<W>[];
  readonly clock: VirtualClock;
  start: Engine<W>["start"];
  /** Delivers what is due until nothing is. */
  settle(): Promise<void>;
}

export function createCluster<W extends AnyWorkflow>(
  world: Pick<World, "store" | "watch">,
  {
    workflows,
    size,
    seed,
    duplicates = 0,
    logger = silent,
    replay = defaultReplay,
    observerOf,
  }: ClusterOptions<W>,
): Cluster<W> {
  const random = seededRandom(seed);
  const calls = new Calls();
  const store = calls.count(world.store);
  const scheduler = new TestScheduler(() => clock);
  const clock = new VirtualClock(Date.UTC(2030, 0, 1), async (until) => {
    await settle();
    const [due] = await store.runs.listDue({ until, limit: 1 });
    const times = [due?.dueAt, scheduler.nextAt].filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  });
  const engines = Array.from({ length: size }, (_, engine) =>
    createEngine({
      workflows,
      store,
      scheduler,
      clock,
      logger,
      replay,
      random,
      observer: observerOf?.(engine),
    }),
  );

  const any = (): Engine<W> => {
    const engine = engines[Math.floor(random() * size)];
    if (!engine) throw new Error("an empty cluster");
    return engine;
  };

  async function deliver(continuation: Continuation): Promise<void> {
    try {
      await any().turn(continuation);
    } catch {
      await scheduler.send([{ continuation, delayMs: 1000 }]);
    }
  }

  async function settle(): Promise<void> {
    for (;;) {
      await calls.over();
      const [due] = await store.runs.listDue({ until: clock.now(), limit: 1 });
      if (due) await any().sweep();
      const messages = scheduler.takeDue();
      if (messages.length === 0) return;
      const twice = messages.filter(() => random() < duplicates);
      const shuffled = [...messages, ...twice]
        .map((message) => ({ message, order: random() }))
        .sort((a, b) => a.order - b.order);
      for (const { message } of shuffled) void deliver(message);
    }
  }

  const start = async (...args: unknown[]): Promise<unknown> => {
    const engine = any();
    const handle = await Reflect.apply(engine.start, engine, args);
    world.watch(handle.runId, workflows);
    return handle;
  };
  return { engines, clock, settle, start: start as Engine<W>["start"] };
}

/** Counts the calls of a store that are under way. */
class Calls {
  #underWay = 0;
  #made = 0;

  count(store: Store): Store {
    return around(store, async (_, call) => {
      this.#underWay += 1;
      this.#made += 1;
      try {
        return await call();
      } finally {
        this.#underWay -= 1;
      }
    });
  }

  /** Resolves when every turn has ended or waits for the clock: then no call follows a call. */
  async over(): Promise<void> {
    for (let made = -1, still = 0; still < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      still = this.#underWay === 0 && made === this.#made ? still + 1 : 0;
      made = this.#made;
    }
  }
}

/** Numbers from 0 to 1 (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
