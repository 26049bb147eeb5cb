import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { createLocalScheduler, type LocalScheduler } from "../../src/adapters/local/index.ts";
import { ConfigurationError, InvalidInputError } from "../../src/core/errors.ts";
import type { Continuation, Message } from "../../src/ports/scheduler.ts";
import { VirtualClock } from "../../src/testing/index.ts";
import { createGate } from "../engine/gate.ts";
import { silent } from "../silent.ts";

type Options = Parameters<typeof createLocalScheduler>[0];

const message = (runId: string, delayMs?: number): Message => ({
  continuation: { runId },
  ...(delayMs !== undefined && { delayMs }),
});

const messages = (count: number): Message[] =>
  Array.from({ length: count }, (_, n) => message(`run ${n}`));

async function aMoment(): Promise<undefined> {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
  return undefined;
}

/** A scheduler whose clock stands still, and what its engine sees. */
function create(options: Options = {}) {
  const clock = new VirtualClock(0, aMoment);
  const scheduler = createLocalScheduler({ clock, logger: silent, sweepEvery: "1h", ...options });
  const turns: string[] = [];
  const sweeps: number[] = [];
  const start = (
    turn: (continuation: Continuation) => Promise<void> | void = () => {},
    sweep: () => Promise<unknown> | unknown = () => {},
  ): void =>
    scheduler.start({
      async turn(continuation) {
        turns.push(continuation.runId);
        await turn(continuation);
      },
      async sweep() {
        sweeps.push(clock.now());
        await sweep();
      },
    });
  return { clock, scheduler, turns, sweeps, start };
}

describe("a local scheduler", () => {
  test("delivers what it was sent before and after it was started", async () => {
    const { scheduler, turns, start } = create();
    await scheduler.send([message("early")]);
    start();
    await scheduler.send([message("late"), message("later")]);
    await aMoment();
    expect(turns.sort()).toEqual(["early", "late", "later"]);
  });

  test("hands over each continuation whole, as it was when it was sent", async () => {
    const { scheduler, start } = create();
    const got: Continuation[] = [];
    start((continuation) => void got.push(continuation));
    const continuation = { runId: "a", task: 3, claim: "c" };
    await scheduler.send([{ continuation }]);
    continuation.task = 9;
    await aMoment();
    expect(got).toEqual([{ runId: "a", task: 3, claim: "c" }]);
  });

  test("has as many turns under way as it may, and no more", async () => {
    const gate = createGate();
    const { scheduler, turns, start } = create({ concurrency: 3 });
    let atWork = 0;
    let most = 0;
    start(async () => {
      most = Math.max(most, ++atWork);
      await gate.pass();
      atWork -= 1;
    });
    await scheduler.send(messages(10));
    await aMoment();
    expect(turns).toHaveLength(3);
    gate.open();
    await aMoment();
    expect(turns).toHaveLength(10);
    expect(most).toBe(3);
  });

  test("has 32 turns under way unless it is told otherwise", async () => {
    const gate = createGate();
    const { scheduler, turns, start } = create();
    start(() => gate.pass());
    await scheduler.send(messages(50));
    await aMoment();
    expect(turns).toHaveLength(32);
    gate.open();
    await aMoment();
    expect(turns).toHaveLength(50);
  });

  test("keeps a message as long as its delay", async () => {
    const { scheduler, turns, clock, start } = create();
    start();
    await scheduler.send([message("b", 2000), message("a", 500), message("now", 0)]);
    await clock.advance("499ms");
    expect(turns).toEqual(["now"]);
    await clock.advance("1ms");
    expect(turns).toEqual(["now", "a"]);
    await clock.advance("1500ms");
    expect(turns).toEqual(["now", "a", "b"]);
  });

  test("keeps a message for as long as 15 minutes", async () => {
    const { scheduler, turns, clock, start } = create();
    expect(scheduler.maxDelayMs).toBe(900_000);
    start();
    await scheduler.send([message("late", 900_000)]);
    await clock.advance("14m 59s");
    expect(turns).toEqual([]);
    await clock.advance("1s");
    expect(turns).toEqual(["late"]);
  });

  test("delivers again, after a pause, when a turn throws, and holds up no other", async () => {
    const { scheduler, turns, clock, start } = create();
    let failures = 3;
    start(({ runId }) => {
      if (runId === "bad" && failures-- > 0) throw new Error("not now");
    });
    await scheduler.send([message("bad"), message("good")]);
    await aMoment();
    expect(turns).toEqual(["bad", "good"]);
    await clock.advance("1m");
    expect(turns).toEqual(["bad", "good", "bad", "bad", "bad"]);
    await clock.advance("1h");
    expect(turns).toHaveLength(5);
  });

  test("delivers a turn that always throws again and again, with growing pauses", async () => {
    const { scheduler, clock, start } = create();
    const times: number[] = [];
    start(() => {
      times.push(clock.now());
      throw new Error("never");
    });
    await scheduler.send([message("bad")]);
    await clock.advance("10m");
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(10);
    expect(pauses[0]).toBeGreaterThan(0);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
    expect(pauses.at(-1)).toBeGreaterThan(pauses[0] ?? 0);
  });

  test("runs no turn in the async context of whoever sent its message", async () => {
    const storage = new AsyncLocalStorage<string>();
    const { scheduler, start } = create();
    const found: (string | undefined)[] = [];
    start(() => void found.push(storage.getStore()));
    await storage.run("sender", () => scheduler.send([message("a"), message("b", 10)]));
    await aMoment();
    expect(found).toEqual([undefined]);
  });
});

describe("the sweep of a local scheduler", () => {
  test("is called at once, and then every so often", async () => {
    const { sweeps, clock, start } = create({ sweepEvery: "10s" });
    await clock.advance("1m");
    expect(sweeps).toEqual([]);
    start();
    await clock.advance("35s");
    expect(sweeps).toEqual([60_000, 70_000, 80_000, 90_000]);
  });

  test("is called every five seconds unless it is told otherwise", async () => {
    const { sweeps, clock, start } = create({ sweepEvery: undefined });
    start();
    await clock.advance("16s");
    expect(sweeps).toEqual([0, 5000, 10_000, 15_000]);
  });

  test("is called again after one that failed", async () => {
    const { sweeps, clock, start } = create({ sweepEvery: "10s" });
    start(undefined, () => {
      throw new Error("no store");
    });
    await clock.advance("25s");
    expect(sweeps).toEqual([0, 10_000, 20_000]);
  });

  test("is not called while one is under way", async () => {
    const gate = createGate();
    const { sweeps, clock, start } = create({ sweepEvery: "10s" });
    start(undefined, () => gate.pass());
    await clock.advance("1m");
    expect(sweeps).toEqual([0]);
    gate.open();
    await clock.advance("10s");
    expect(sweeps).toEqual([0, 70_000]);
  });
});

describe("stopping a local scheduler", () => {
  test("lets the turns in flight finish, and waits for them", async () => {
    const gate = createGate();
    const { scheduler, start } = create();
    let finished = 0;
    let stopped = false;
    start(async () => {
      await gate.pass();
      finished += 1;
    });
    await scheduler.send(messages(5));
    await aMoment();
    const stopping = scheduler.stop().then(() => {
      stopped = true;
    });
    await aMoment();
    expect(stopped).toBe(false);
    gate.open();
    await stopping;
    expect(finished).toBe(5);
  });

  test("delivers nothing more: neither what waits its turn nor its time, nor failed turns", async () => {
    const gate = createGate();
    const { scheduler, turns, sweeps, clock, start } = create({ concurrency: 1 });
    start(async () => {
      await gate.pass();
      throw new Error("again, please");
    });
    await scheduler.send([message("in flight"), message("waiting"), message("later", 1000)]);
    await aMoment();
    const stopping = scheduler.stop();
    gate.open();
    await stopping;
    await scheduler.send([message("after")]);
    await clock.advance("5h");
    expect(turns).toEqual(["in flight"]);
    expect(sweeps).toEqual([0]);
  });

  test("waits for the sweep in flight, which may be the last to need the store", async () => {
    const gate = createGate();
    const { scheduler, start } = create();
    start(undefined, () => gate.pass());
    let stopped = false;
    const stopping = scheduler.stop().then(() => {
      stopped = true;
    });
    await aMoment();
    expect(stopped).toBe(false);
    gate.open();
    await stopping;
  });

  test("may be done twice, and before it was started", async () => {
    const { scheduler, start } = create();
    start();
    await scheduler.stop();
    await scheduler.stop();
    await create().scheduler.stop();
  });
});

describe("starting a local scheduler", () => {
  test("is refused twice, and after it was stopped", async () => {
    const { scheduler, start } = create();
    start();
    expect(() => start()).toThrow(ConfigurationError);
    await scheduler.stop();
    expect(() => start()).toThrow("was stopped");
    const other = create();
    await other.scheduler.stop();
    expect(() => other.start()).toThrow(ConfigurationError);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5"])(
    "is refused with a concurrency of %s",
    (concurrency) => {
      expect(() => createLocalScheduler({ concurrency: concurrency as never })).toThrow(
        ConfigurationError,
      );
    },
  );

  test.each([-1, "soon", ""])("is refused with a sweepEvery of %j", (sweepEvery) => {
    expect(() => createLocalScheduler({ sweepEvery })).toThrow(InvalidInputError);
  });

  test("takes options that are undefined", async () => {
    const scheduler: LocalScheduler = createLocalScheduler({
      concurrency: undefined,
      sweepEvery: undefined,
      clock: undefined,
      logger: undefined,
    });
    await scheduler.stop();
  });
});
