import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { DetentError, StoreUnavailableError } from "../../src/core/errors.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import { createHandHeld, type HandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const naps = workflow("naps", async (ms: number) => {
  await sleep(ms);
  return "rested";
});

/** Starts a nap, and lets its first turn happen. */
async function fallAsleep(held: HandHeld, ms: number): Promise<string> {
  const { runId } = await held.engine.start("naps", ms);
  await held.deliverAll();
  held.takeSent();
  return runId;
}

describe("a sweep with a horizon", () => {
  it("announces what falls due before the next one, with the delay that is left", async () => {
    const held = createHandHeld([naps]);
    const soon = await fallAsleep(held, HOUR);
    await fallAsleep(held, 2 * HOUR);
    held.clock.now += HOUR - 42_500;
    expect(await held.engine.sweep({ horizonMs: MINUTE })).toEqual({ sent: 0, announced: 1 });
    const timer = held.clock.now + 42_500;
    expect(held.takeSent()).toEqual([{ continuation: { runId: soon, timer }, delayMs: 42_500 }]);

    held.clock.now += 42_500;
    await held.engine.turn({ runId: soon });
    expect((await held.engine.getRun(soon)).status).toBe("completed");
  });

  it("moves nothing, so that the run is woken when its announcement is lost", async () => {
    const held = createHandHeld([naps]);
    const runId = await fallAsleep(held, HOUR);
    const before = await held.store.runs.get(runId, held.clock.now);
    held.clock.now += HOUR - 30_000;
    await held.engine.sweep({ horizonMs: MINUTE });
    expect(await held.store.runs.get(runId, held.clock.now)).toEqual(before);
    held.takeSent();
    held.clock.now += 30_000;
    expect(await held.engine.sweep({ horizonMs: MINUTE })).toEqual({ sent: 1, announced: 0 });
    expect(held.takeSent()).toEqual([{ continuation: { runId, sweep: true } }]);
  });

  it("does not announce a timer that had a message of its own", async () => {
    const held = createHandHeld([naps]);
    await fallAsleep(held, 10 * MINUTE);
    held.clock.now += 9.5 * MINUTE;
    expect(await held.engine.sweep({ horizonMs: MINUTE })).toEqual({ sent: 0, announced: 0 });
    expect(held.takeSent()).toEqual([]);
  });

  it("does not announce what it has just woken itself", async () => {
    const held = createHandHeld([naps]);
    const { runId } = await held.engine.start("naps", HOUR);
    held.takeSent(); // Lost.
    expect(await held.engine.sweep({ horizonMs: 5 * MINUTE })).toEqual({ sent: 1, announced: 0 });
    expect(held.takeSent()).toEqual([{ continuation: { runId, sweep: true } }]);
    expect(await held.engine.sweep({ horizonMs: 5 * MINUTE })).toEqual({ sent: 0, announced: 0 });
  });

  it("announces a start that was put off", async () => {
    const held = createHandHeld([naps]);
    const startAt = new Date(held.clock.now + HOUR);
    const { runId } = await held.engine.start("naps", 0, { startAt });
    expect(held.takeSent()).toEqual([]);
    held.clock.now += HOUR - 1;
    await held.engine.sweep({ horizonMs: MINUTE });
    const timer = held.clock.now + 1;
    expect(held.takeSent()).toEqual([{ continuation: { runId, timer }, delayMs: 1 }]);
  });

  it("looks no further than its scheduler keeps a delay", async () => {
    for (const [maxDelayMs, announced] of [
      [0, 0],
      [20_000, 0],
      [30_000, 1],
    ] as const) {
      const held = createHandHeld([naps], { maxDelayMs });
      await fallAsleep(held, HOUR);
      held.clock.now += HOUR - 30_000;
      expect(await held.engine.sweep({ horizonMs: MINUTE })).toEqual({ sent: 0, announced });
    }
  });

  it("decides by the head, whatever the index says", async () => {
    const inner = createMemoryStore();
    let stale: { runId: string; dueAt: number }[] = [];
    const store = around(inner, async (name, call) =>
      name === "runs.listDue" ? stale : await call(),
    );
    const held = createHandHeld([naps], { store });
    const ended = await fallAsleep(held, 0);
    const later = await fallAsleep(held, 5 * HOUR);
    const soon = await fallAsleep(held, HOUR);
    held.clock.now += HOUR - 10_000;
    stale = ["run_gone", ended, later, soon].map((runId) => ({ runId, dueAt: held.clock.now + 1 }));
    await held.engine.sweep({ horizonMs: MINUTE });
    const timer = held.clock.now + 10_000;
    expect(held.takeSent()).toEqual([{ continuation: { runId: soon, timer }, delayMs: 10_000 }]);
  });
});

describe("a sweep", () => {
  it("wakes what is due, and announces nothing unless it is told how far ahead to look", async () => {
    const held = createHandHeld([naps]);
    const [due] = [await fallAsleep(held, HOUR), await fallAsleep(held, HOUR + 1)];
    held.clock.now += HOUR;
    expect(await held.engine.sweep()).toEqual({ sent: 1 });
    expect(held.takeSent()).toEqual([{ continuation: { runId: due, sweep: true } }]);
  });

  it("wakes every run that is due, however many", async () => {
    const held = createHandHeld([naps]);
    for (let run = 0; run < 1_203; run += 1) await held.engine.start("naps", HOUR);
    held.takeSent();
    expect(await held.engine.sweep()).toEqual({ sent: 1_203 });
    expect(new Set(held.takeSent().map(({ continuation }) => continuation.runId)).size).toBe(1_203);
    expect(await held.engine.sweep()).toEqual({ sent: 0 });
  });

  it("is not kept from the others by a run that cannot be read, and fails in the end", async () => {
    const inner = createMemoryStore();
    const broken = new Set<string>();
    const store = around(inner, async (name, call, [runId]) => {
      if (name === "runs.get" && broken.has(String(runId))) {
        throw new DetentError("store.damaged", `Run ${runId} is broken`);
      }
      return await call();
    });
    const held = createHandHeld([naps], { store });
    // Its first round also asks which runs have waited for an engine that knows their version.
    await held.engine.sweep();
    for (let run = 0; run < 600; run += 1) {
      const { runId } = await held.engine.start("naps", HOUR);
      if (run < 550) broken.add(runId);
    }
    held.takeSent();
    await expect(held.engine.sweep()).rejects.toMatchObject({ code: "store.damaged" });
    expect(held.takeSent()).toHaveLength(50);
  });

  it("gives up at once when nothing can be read at all", async () => {
    const inner = createMemoryStore();
    let asked = 0;
    let down = false;
    const store = around(inner, async (name, call) => {
      if (!down || name !== "runs.get") return await call();
      asked += 1;
      throw new StoreUnavailableError(name, new Error("down"));
    });
    const held = createHandHeld([naps], { store });
    for (let run = 0; run < 300; run += 1) await held.engine.start("naps", HOUR);
    down = true;
    await expect(held.engine.sweep()).rejects.toMatchObject({ code: "store.unavailable" });
    expect(asked).toBeLessThan(200);
  });
});

describe("a scheduler that keeps no delays", () => {
  let failures = 0;
  const flaky = step(
    "flaky",
    async () => {
      if (failures-- > 0) throw new Error("not yet");
      return "done";
    },
    { backoff: { initial: "10s", jitter: false } },
  );
  const retries = workflow("retries", () => flaky());
  const both = workflow("both", () => Promise.all([flaky(), flaky()]));

  it.each([
    ["a sleep", naps, 0],
    ["a retry", retries, 1],
    ["the retry of a task", both, 1],
  ] as const)("is never asked for one, and the sweep sees to %s", async (_, each, times) => {
    failures = times;
    const held = createHandHeld([each], { maxDelayMs: 0 });
    const { runId } = await held.engine.start(each.name, 30_000);
    for (let minutes = 0; minutes < 10; minutes += 1) {
      const messages = held.takeSent();
      for (const { continuation, delayMs = 0 } of messages) {
        expect(delayMs).toBe(0);
        await held.engine.turn(continuation);
      }
      if (messages.length > 0) continue;
      held.clock.now += MINUTE;
      await held.engine.sweep({ horizonMs: MINUTE });
    }
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });

  it("or only short ones is asked for what it keeps, in hops", async () => {
    const held = createHandHeld([naps], { maxDelayMs: 10_000 });
    const { runId } = await held.engine.start("naps", 25_000);
    const delays: number[] = [];
    for (let turns = 0; turns < 20; turns += 1) {
      const [message] = held.takeSent();
      if (!message) break;
      delays.push(message.delayMs ?? 0);
      held.clock.now += message.delayMs ?? 0;
      await held.engine.turn(message.continuation);
    }
    expect(delays).toEqual([0, 10_000, 10_000, 5_000]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });
});
