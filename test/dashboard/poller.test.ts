import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPoller, type PollState } from "../../src/dashboard/poller.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

type Outcome = "news" | "same" | "end" | Error;

/** A poller whose loads come out one after the other as told, the last of them again and again. */
function poll(...outcomes: [Outcome, ...Outcome[]]) {
  const loadedAt: number[] = [];
  const states: PollState[] = [];
  let visible = true;
  const poller = createPoller({
    async load() {
      const outcome = outcomes[Math.min(loadedAt.length, outcomes.length - 1)];
      loadedAt.push(Date.now());
      if (outcome instanceof Error) throw outcome;
      return outcome ?? "same";
    },
    onState: (state) => states.push(state),
    isVisible: () => visible,
    longestPauseMs: 15_000,
  });
  return {
    poller,
    loadedAt,
    states,
    look(on: boolean) {
      visible = on;
      poller.visibilityChanged();
    },
  };
}

describe("DP1: the pause before the next load", () => {
  test("is short after news", async () => {
    const { loadedAt } = poll("news");
    await vi.advanceTimersByTimeAsync(3500);
    expect(loadedAt).toEqual([0, 1000, 2000, 3000]);
  });

  test("grows without news, up to a bound, and is short again after some", async () => {
    const { loadedAt } = poll("same", ...Array<"same">(8).fill("same"), "news", "same");
    await vi.advanceTimersByTimeAsync(120_000);
    const pauses = loadedAt.slice(1).map((time, index) => time - (loadedAt[index] ?? 0));
    expect(pauses.slice(0, 3)).toEqual([1500, 2250, 3375]);
    expect(Math.max(...pauses)).toBe(15_000);
    expect(pauses[9]).toBe(1000);
  });

  test("doubles after each failure, which is told with the time of the next try", async () => {
    const failure = new Error("down");
    const { loadedAt, states } = poll(failure, failure, failure, "same");
    await vi.advanceTimersByTimeAsync(7000);
    expect(loadedAt).toEqual([0, 1000, 3000, 7000]);
    expect(states[1]).toEqual({ loading: false, ended: false, error: failure, retryAt: 1000 });
    expect(states.at(-1)).toEqual({ loading: false, ended: false });
  });

  test("is short again after a refresh", async () => {
    const { loadedAt, poller } = poll("same");
    await vi.advanceTimersByTimeAsync(60_000);
    poller.refresh();
    await vi.advanceTimersByTimeAsync(1500);
    expect(loadedAt.slice(-2)).toEqual([60_000, 61_500]);
  });

  test("is for ever once nothing more is to come", async () => {
    const { loadedAt, states, look } = poll("news", "end");
    await vi.advanceTimersByTimeAsync(60_000);
    look(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loadedAt).toEqual([0, 1000]);
    expect(states.at(-1)).toEqual({ loading: false, ended: true });
  });
});

describe("DP2: while nobody looks", () => {
  test("nothing is loaded, and then at once", async () => {
    const { loadedAt, look } = poll("news");
    await vi.advanceTimersByTimeAsync(500);
    look(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loadedAt).toEqual([0]);
    look(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(loadedAt).toEqual([0, 60_500, 61_500]);
  });
});

describe("DP3: one load at a time", () => {
  test("a refresh meanwhile loads once more, right after it", async () => {
    const finish: (() => void)[] = [];
    const poller = createPoller({
      load: () => new Promise((resolve) => finish.push(() => resolve("same"))),
      onState: () => {},
      isVisible: () => true,
      longestPauseMs: 15_000,
    });
    poller.refresh();
    poller.refresh();
    expect(finish).toHaveLength(1);
    finish[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(finish).toHaveLength(2);
    finish[1]?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(finish).toHaveLength(2);
  });

  test("what is loaded when it stops is given up, and not told of", async () => {
    const states: PollState[] = [];
    let given: AbortSignal | undefined;
    const poller = createPoller({
      load: (signal) => {
        given = signal;
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
      onState: (state) => states.push(state),
      isVisible: () => true,
      longestPauseMs: 15_000,
    });
    poller.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(given?.aborted).toBe(true);
    expect(states).toEqual([{ loading: true, ended: false }]);
  });
});
