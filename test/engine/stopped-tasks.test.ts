/** No unshielded task starts once a request is in force, and none at all once its run has ended. */
import { expect, test } from "vitest";
import type { Engine } from "../../src/engine/index.ts";
import { type AnyWorkflow, getContext, shield, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

/** Rounds of the event loop in which any turn comes as far as it can. */
async function aMoment(): Promise<void> {
  for (let round = 0; round < 30; round++) await new Promise((resolve) => setTimeout(resolve, 1));
}

describeOnEachStore("a task", (world) => {
  /** Two steps at once, of which attempts with these names never come back. */
  function twoSteps(...hanging: string[]) {
    const began: string[] = [];
    const act = (name: string) =>
      step(
        name,
        async () => {
          const attempt = `${name}#${getContext().attempt}`;
          began.push(attempt);
          if (hanging.includes(attempt)) await new Promise(() => {});
        },
        { backoff: { initial: 0 } },
      );
    return { began, first: act("first"), second: act("second") };
  }

  /** A run whose tasks are scheduled, and a process that knows no more of it than that. */
  async function open(code: AnyWorkflow) {
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start(code.name);
    await held.engine.turn({ runId });
    held.takeSent();
    const stale = held.another();
    await stale.turn({ runId, claim: "of long ago" });
    return { held, runId, stale };
  }

  /** A process that dies as soon as it wants to stop tasks. */
  function createDying(held: ReturnType<typeof createHandHeld>, code: AnyWorkflow): Engine {
    const store = around(world.store, (name, call) =>
      name === "tasks.stop" ? Promise.reject(new Error("died")) : call(),
    );
    const dying = createHandHeld([code], { store });
    dying.clock.now = held.clock.now;
    return dying.engine;
  }

  test("that nobody has claimed is not begun after a cancel has answered", async () => {
    const { began, first, second } = twoSteps();
    const code = workflow("order", async () => void (await Promise.all([first(), second()])));
    const { held, runId, stale } = await open(code);
    await held.engine.cancel(runId);
    for (const task of [0, 1]) await stale.turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("that a dead process has claimed is not taken over after a cancel has answered", async () => {
    const { began, first, second } = twoSteps("first#1");
    const code = workflow("order", async () => void (await Promise.all([first(), second()])));
    const { held, runId, stale } = await open(code);
    void held.another().turn({ runId, task: 0 });
    await aMoment();
    expect(began).toEqual(["first#1"]);
    await held.engine.cancel(runId);
    held.clock.now += 60_000;
    await stale.turn({ runId, task: 0 });
    expect(began).toEqual(["first#1"]);
  });

  test("is not begun after a second cancel has answered, though the first one died", async () => {
    const { began, first, second } = twoSteps();
    const code = workflow("order", async () => void (await Promise.all([first(), second()])));
    const { held, runId, stale } = await open(code);
    await expect(createDying(held, code).cancel(runId)).rejects.toThrow("died");
    expect(await held.another().cancel(runId)).toMatchObject({ outcome: "already-requested" });
    for (const task of [0, 1]) await stale.turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("is not begun beside the clean-up that a turn has found the request for", async () => {
    const { began, first, second } = twoSteps();
    let cleaning = 0;
    const clean = step("clean", async () => {
      cleaning += 1;
      await new Promise(() => {});
    });
    const code = workflow("order", async () => {
      try {
        await Promise.all([first(), second()]);
      } finally {
        await shield(() => clean());
      }
    });
    const { held, runId, stale } = await open(code);
    await expect(createDying(held, code).cancel(runId)).rejects.toThrow("died");
    void held.another().turn({ runId });
    while (cleaning === 0) await aMoment();
    for (const task of [0, 1]) await stale.turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("is not begun by its own delivery that finds such a request", async () => {
    const { began, first, second } = twoSteps();
    const code = workflow("order", async () => void (await Promise.all([first(), second()])));
    const { held, runId } = await open(code);
    await expect(createDying(held, code).cancel(runId)).rejects.toThrow("died");
    for (const task of [0, 1]) await held.another().turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("is not begun once the end of another has found its run overdue", async () => {
    const began: string[] = [];
    const first = step("first", async () => void began.push("first"));
    const code = workflow(
      "order",
      async () => {
        const second = step("second", async () => {
          held.clock.now += 120_000;
        });
        await Promise.all([first(), second()]);
      },
      { maxDuration: "1m" },
    );
    const { held, runId, stale } = await open(code);
    await held.another().turn({ runId, task: 1 });
    await stale.turn({ runId, task: 0 });
    expect(began).toEqual([]);
  });

  test("is not begun once its run has ended without it", async () => {
    const { began, first, second } = twoSteps();
    const code = workflow("order", async () => void (await Promise.race([first(), second()])));
    const { held, runId, stale } = await open(code);
    await held.another().turn({ runId, task: 0 });
    expect((await held.engine.getRun(runId)).status).toBe("completed");
    await stale.turn({ runId, task: 1 });
    expect(began).toEqual(["first#1"]);
  });

  test("is not begun once its run is terminated, in a shield or not", async () => {
    const { began, first, second } = twoSteps();
    const code = workflow(
      "order",
      async () => void (await Promise.all([first(), shield(() => second())])),
    );
    const { held, runId, stale } = await open(code);
    await held.engine.terminate(runId);
    // The shielded one first: whoever finds either stopped reads that the run has ended.
    for (const task of [1, 0]) await stale.turn({ runId, task });
    expect(began).toEqual([]);
  });
});
