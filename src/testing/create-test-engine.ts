import { createMemoryStore } from "../adapters/memory/index.ts";
import type { AnyWorkflow } from "../authoring/workflow.ts";
import { type Duration, toMillis } from "../core/duration.ts";
import { RunNotFoundError } from "../core/errors.ts";
import type { Entry } from "../core/events.ts";
import { waitingFor } from "../core/waiting-for.ts";
import { createEngine, type EngineOptions } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { Registry } from "../engine/registry.ts";
import { firstOf, generationOf, keyOf } from "../engine/replay/generation-key.ts";
import type { Store } from "../ports/store.ts";
import { Activity, type Patience } from "./activity.ts";
import { AttemptsAtWork } from "./attempts-at-work.ts";
import { driven } from "./driven.ts";
import { Driver } from "./driver.ts";
import { refuseFakeTimers } from "./event-loop.ts";
import { assertInvariants, assertSuccession } from "./invariants.ts";
import { assertReplays } from "./replay-invariants.ts";
import { TestScheduler } from "./test-scheduler.ts";
import { type UnawaitedCalls, UnawaitedGuard } from "./unawaited.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface TestEngineOptions<W extends AnyWorkflow>
  extends Omit<EngineOptions<W>, "store" | "scheduler" | "clock"> {
  store?: Store | undefined;
  /** Where the virtual clock starts. Default 2030-01-01T00:00:00Z. */
  now?: Date | undefined;
  /**
   * How long, in real time, a step may do nothing that the engine sees before it counts as waiting
   * for the test. Default 20 ms, and 1 s while timers, files or sockets keep the process busy.
   */
  patience?: Duration | undefined;
  /**
   * What becomes of a step or sleep that workflow code calls without awaiting it and that never
   * begins. `"refuse"`: the next `settle()`, `clock.advance()` or result rejects and names it, and so
   * does `checkInvariants()` of its run. Default `"warn"`: it is logged.
   */
  unawaited?: UnawaitedCalls | undefined;
}

export interface TestEngine<W extends AnyWorkflow> extends Engine<W> {
  readonly store: Store;
  readonly clock: VirtualClock;
  /** Runs everything that is due until nothing is. A step that waits for the test goes on waiting. */
  settle(): Promise<void>;
  /** @throws Error naming every promise of the engine that the log of this run breaks. */
  checkInvariants(runId: string): Promise<void>;
}

const DEFAULT_PATIENCE: Patience = { idle: 20, busy: 1_000 };

/**
 * An engine on the memory store whose time only moves when the test says so. It runs what is due
 * when it is told to settle, when its time moves, and while the test waits for a run's result or
 * the end of its cancellation.
 *
 * @example
 * const engine = createTestEngine({ workflows: [order] });
 * const run = await engine.start(order, { orderId: "1" });
 * await engine.settle();
 * await engine.clock.advance("1h");
 * expect((await engine.getRun(run.runId)).status).toBe("completed");
 */
export function createTestEngine<const W extends AnyWorkflow>(
  options: TestEngineOptions<W>,
): TestEngine<W> {
  refuseFakeTimers();
  const {
    now = new Date("2030-01-01T00:00:00Z"),
    unawaited = "warn",
    // No other engine is there, so nothing is handed over unless the test says so.
    handOver = 0,
    ...rest
  } = options;
  const store = options.store ?? createMemoryStore();
  const guard = new UnawaitedGuard(unawaited);
  const driver = new Driver({
    runDue,
    mayGoOn: (runId) =>
      clock.moving || ((atWork.get(runId) ?? 0) > 0 && !attempts.areAsleep(runId)),
    read: (runId) => engine.getRun(runId),
    hooks: async (runId) => (await engine.hooks(runId)).map(({ hook }) => hook),
    channels: async (runId) => {
      const { events } = await engine.getEvents(runId);
      return waitingFor(events).flatMap(({ channel }) => channel ?? []);
    },
    check: () => guard.check(),
  });
  /** How many turns of a run are under way. */
  const atWork = new Map<string, number>();
  const attempts = new AttemptsAtWork();
  const scheduler = new TestScheduler(
    () => clock,
    () => driver.wake(),
  );
  const activity = new Activity(patienceOf(options.patience));
  const between = async (until: number): Promise<number | undefined> => {
    await runDue();
    guard.check();
    return await nextDue(store, scheduler, clock.now(), until);
  };
  const clock = new VirtualClock(now.getTime(), between, () => driver.wake());
  let sweeping = false;
  const registry = new Registry<W>(rest.workflows);
  const counted = activity.counting(guard.checking(store));
  const observer = [attempts, options.observer ?? []].flat();
  const engine = createEngine<W>({ ...rest, observer, handOver, store: counted, scheduler, clock });

  async function handIn(continuation: Parameters<typeof engine.turn>[0]): Promise<void> {
    const { runId } = continuation;
    atWork.set(runId, (atWork.get(runId) ?? 0) + 1);
    try {
      await engine.turn(continuation);
    } catch {
      await scheduler.send([{ continuation, delayMs: 1000 }]);
    } finally {
      atWork.set(runId, (atWork.get(runId) ?? 1) - 1);
    }
  }

  /** Not awaited by who calls it: while the store gives no answer, it pauses on this very clock. */
  async function sweep(): Promise<void> {
    sweeping = true;
    await engine.sweep().catch(() => {});
    sweeping = false;
  }

  async function runDue(): Promise<void> {
    for (;;) {
      const due = await store.runs.listDue({ until: clock.now(), limit: 1 });
      if (due.length > 0 && !sweeping) void activity.during(sweep());
      const messages = scheduler.takeDue();
      for (const message of messages) void activity.during(handIn(message));
      await activity.quiet();
      if (messages.length === 0 && !isDue(scheduler, clock.now())) return;
    }
  }

  return Object.assign(engine, driven(engine, driver), {
    store,
    clock,
    settle: async () => {
      activity.expectMore();
      await runDue();
      guard.check();
    },
    checkInvariants: async (runId: string) => {
      const head = await store.runs.get(runId, clock.now());
      if (!head) throw new RunNotFoundError(runId);
      let past: readonly Entry[] | undefined;
      for (let number = 1; number <= generationOf(head); number += 1) {
        const own = number === generationOf(head) ? head : undefined;
        const key = { ...keyOf(head, number), generation: { number, first: firstOf(head) } };
        const log = await store.log.read(key, { from: 0 });
        assertInvariants(log, own);
        if (past) assertSuccession(past, log);
        past = log;
        guard.checkLog(runId, log);
        // A run with a problem has a log that this code may not fit.
        const code = own?.problem ? undefined : registry.find(head.workflow, versionOf(log));
        if (code) await assertReplays(code, key, log);
      }
    },
  });
}

function versionOf([start]: readonly Entry[]): string {
  const [event] = start?.events ?? [];
  return event?.type === "workflow.started" ? event.version : "";
}

function patienceOf(given: Duration | undefined): Patience {
  if (given === undefined) return DEFAULT_PATIENCE;
  const rounds = toMillis(given, "patience");
  return { idle: rounds, busy: rounds };
}

/** Behind more runs than this that cannot be woken, the next one is not seen. */
const MOST_STUCK = 100;

function isDue(scheduler: TestScheduler, now: number): boolean {
  return scheduler.nextAt !== undefined && scheduler.nextAt <= now;
}

async function nextDue(
  store: Store,
  scheduler: TestScheduler,
  now: number,
  until: number,
): Promise<number | undefined> {
  const due = await store.runs.listDue({ until, limit: MOST_STUCK });
  // What was due before and is so still could not be woken: time goes on without it.
  const run = due.find(({ dueAt }) => dueAt > now);
  const times = [run?.dueAt, scheduler.nextAt].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
