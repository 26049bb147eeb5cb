import { describe, expect, it } from "vitest";
import { MemoryQueue } from "../../src/platform/memory-queue.ts";
import { VirtualClock } from "../../src/testing/index.ts";
import { silent } from "../silent.ts";

const message = (runId: string, delayMs?: number) => ({
  continuation: { runId },
  ...(delayMs !== undefined && { delayMs }),
});

function open(options: { concurrency?: number; random?: () => number } = {}) {
  // What became due is under way a few microtasks later.
  const settle = async (): Promise<undefined> => {
    await new Promise(setImmediate);
    return undefined;
  };
  const clock = new VirtualClock(0, settle);
  const queue = new MemoryQueue({ concurrency: 10, clock, logger: silent, ...options });
  return { queue, clock, settle };
}

describe("a queue in memory", () => {
  it("wait for their time, and for somebody to deliver to", async () => {
    const { queue, clock } = open();
    const delivered: [string, number][] = [];
    queue.keep([message("later", 2_000), message("now"), message("soon", 500)]);
    await clock.advance("1s");
    queue.start(async ({ runId }) => {
      delivered.push([runId, clock.now()]);
    });
    await clock.advance("5s");
    expect(delivered).toEqual([
      ["now", 1_000],
      ["soon", 1_000],
      ["later", 2_000],
    ]);
  });

  it.each([
    [0, [50, 100, 200, 400, 800]],
    [1, [100, 200, 400, 800, 1_600]],
  ])("that fail are made again after growing pauses, with jitter (%s)", async (random, pauses) => {
    const { queue, clock } = open({ random: () => random });
    const times: number[] = [];
    queue.start(async () => {
      times.push(clock.now());
      if (times.length <= pauses.length) throw new Error("not yet");
    });
    queue.keep([message("run")]);
    await clock.advance("1h");
    expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual(pauses);
  });

  it("pause for half a minute at most", async () => {
    const { queue, clock } = open({ random: () => 1 });
    const times: number[] = [];
    queue.start(async () => {
      times.push(clock.now());
      throw new Error("never");
    });
    queue.keep([message("run")]);
    await clock.advance("10m");
    expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(30_000);
    await queue.stop();
  });

  it("are idle when none is due or under way", async () => {
    const { queue } = open({ concurrency: 1 });
    let ends: (() => void)[] = [];
    let started = 0;
    queue.start(async () => {
      started += 1;
      await new Promise<void>((resolve) => ends.push(resolve));
    });
    await queue.idle();
    queue.keep([message("a"), message("b"), message("c", 60_000)]);
    let idle = false;
    const waiting = queue.idle().then(() => {
      idle = true;
    });
    for (let round = 1; round <= 2; round += 1) {
      while (started < round) await new Promise(setImmediate);
      expect(idle).toBe(false);
      for (const end of ends) end();
      ends = [];
    }
    await waiting;
    expect(started).toBe(2);
    await queue.stop();
  });
});
