/**
 * Tasks that can never be claimed again: an end of their run stopped them, and was never written. What
 * is left of them is scheduled afresh.
 */
import { expect, test } from "vitest";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { FatalError, getContext, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;

describeOnEachStore("a dead task", (world) => {
  /** Stops every task of a run, as an end of it does that is never written. */
  async function stopAll(runId: string): Promise<void> {
    const store = around(world.store, async (name, call) => {
      if (name === "log.append") throw new StoreUnavailableError(name, new Error("for this test"));
      return await call();
    });
    const { engine } = createHandHeld([], { store });
    await expect(engine.terminate(runId)).rejects.toThrow(StoreUnavailableError);
  }

  const LATE: Record<string, () => string> = {
    returns: () => "by attempt 1",
    fails: () => {
      throw new FatalError("late");
    },
    "is to be retried": () => {
      throw new Error("late");
    },
  };

  /**
   * A run whose first task is scheduled afresh, has failed then, and has been finished late by who held
   * it before; another is executing.
   */
  async function beginLate(how: string) {
    const gate = createGate();
    const attempts: number[] = [];
    const work = step(
      "work",
      async () => {
        const { attempt = 0 } = getContext();
        attempts.push(attempt);
        if (attempt === 1) await gate.pass();
        if (attempt === 1) return LATE[how]?.();
        if (attempt === 2) throw new Error("busy");
        return `by attempt ${attempt}`;
      },
      { backoff: { initial: "1m", factor: 1, jitter: false } },
    );
    const never = createGate();
    const beside = step("beside", () => never.pass(), { timeout: "10h" });
    const order = workflow("order", async () => {
      const result = work();
      await Promise.race([result, beside()]);
      return await result;
    });
    const held = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [order]);
    await held.engine.turn({ runId });
    const old = held.engine.turn({ runId, task: 0 });
    void held.another().turn({ runId, task: 1 });
    await expect.poll(() => [attempts, never.reached]).toEqual([[1], 1]);
    await stopAll(runId);
    held.clock.now += MINUTE;
    held.takeSent();
    const other = held.another();
    await other.turn({ runId });
    for (const { continuation } of held.takeSent()) await other.turn(continuation);
    expect(attempts).toEqual([1, 2]);
    gate.open();
    await old;
    held.takeSent();
    return { held, other, runId, attempts };
  }

  test.each(Object.keys(LATE))("whose old holder %s late is tried all the same", async (how) => {
    const { held, other, runId, attempts } = await beginLate(how);
    held.clock.now += MINUTE;
    await other.turn({ runId });
    for (const { continuation } of held.takeSent()) await other.turn(continuation);
    expect(attempts).toEqual([1, 2, 3]);
    expect(await other.getRun(runId)).toMatchObject({ output: "by attempt 3" });
    expect(await storyOf(other, runId, { only: /step.* work/ })).toEqual([
      "step.scheduled work",
      "step.scheduled work #2",
      "step.completed work #3",
    ]);
  });

  test("whose old holder returned late is cancelled like any other", async () => {
    const { other, runId, attempts } = await beginLate("returns");
    await other.cancel(runId);
    await other.turn({ runId });
    expect(attempts).toEqual([1, 2]);
    const story = await storyOf(other, runId, { only: /step.* work/ });
    expect(story.slice(-2)).toEqual(["step.scheduled work #2", "step.cancelled work #2"]);
  });

  test.each(["task", "step"])(
    "that waits for its next attempt has a timer, though the turn that finds it also finds a new %s",
    async (found) => {
      const attempts: number[] = [];
      const work = step(
        "work",
        async () => {
          attempts.push(getContext().attempt ?? 0);
          if (attempts.length === 1) throw new Error("busy");
        },
        { backoff: { initial: "5m", factor: 1, jitter: false } },
      );
      const next = step("next", () => new Promise<void>(() => {}), { timeout: "10h" });
      const order = workflow("order", async () => {
        const branch = async (): Promise<void> => {
          await step("first", async () => {})();
          await Promise.all(found === "task" ? [next(), next()] : [next()]);
        };
        await Promise.race([work(), branch()]);
      });
      const held = createHandHeld([order], { store: world.store });
      const { runId } = await held.engine.start("order");
      world.watch(runId, [order]);
      await held.engine.turn({ runId });
      await held.engine.turn({ runId, task: 0 });
      const retryAt = held.clock.now + 5 * MINUTE;
      // Who does the other task dies before it gets it into the log.
      let done = false;
      const mortal = around(world.store, async (name, call) => {
        const answer = await call();
        if (name !== "tasks.update") return answer;
        done = true;
        return await new Promise(() => {});
      });
      void createHandHeld([order], { store: mortal }).engine.turn({ runId, task: 1 });
      await expect.poll(() => done).toBe(true);
      await stopAll(runId);
      held.takeSent(); // All that was sent is lost.
      void held.another().turn({ runId });
      const timers: unknown[] = [];
      await expect
        .poll(() => {
          timers.push(...held.takeSent().map(({ continuation }) => continuation.timer));
          return timers;
        })
        .toContain(retryAt);
      expect(attempts).toEqual([1]);
    },
  );
});
