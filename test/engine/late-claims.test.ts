/** A claim, or what follows it before the step's first line, takes longer than the claim lasts. */
import { expect, test } from "vitest";
import type { Store } from "../../src/engine/index.ts";
import { getContext, isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";
import { eventsOf, storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

type SlowCall = "log.append" | "runs.patch" | "tasks.claim" | "tasks.update";

interface Slow {
  store: Store;
  /** What happens while the answer to the next such call is on its way. */
  next(name: SlowCall, meanwhile: () => Promise<void> | void): void;
  /** The same for every such call from now on. */
  always(names: SlowCall[], meanwhile: () => void): void;
}

function slowed(store: Store): Slow {
  const next = new Map<string, () => Promise<void> | void>();
  const always = new Map<string, () => void>();
  return {
    store: around(store, async (name, call) => {
      const answer = await call();
      const meanwhile = next.get(name) ?? always.get(name);
      next.delete(name);
      await meanwhile?.();
      return answer;
    }),
    next: (name, meanwhile) => void next.set(name, meanwhile),
    always(names, meanwhile) {
      for (const name of names) always.set(name, meanwhile);
    },
  };
}

const SECOND = 1_000;

describeOnEachStore("a claim that is answered late", (world) => {
  function shop(
    options: { timeout?: string | undefined; parallel?: boolean; retries?: number } = {},
  ) {
    const did: string[] = [];
    const { parallel = false, ...policy } = options;
    const charge = step("charge", async () => void did.push(`charge #${getContext().attempt}`), {
      backoff: { initial: 0 },
      ...policy,
    });
    const refund = step("refund", async () => void did.push("refund"));
    const order = workflow("order", async () => {
      try {
        await Promise.all(parallel ? [charge(), step("beside", async () => {})()] : [charge()]);
      } catch (error) {
        if (isCancellation(error)) await shield(() => refund());
        throw error;
      }
    });
    return { order, did };
  }

  /** A hand-held engine whose store is slow when it is told to be, and another one that is not. */
  async function begin({ order }: ReturnType<typeof shop>) {
    const slow = slowed(world.store);
    const held = createHandHeld([order], { store: slow.store });
    const other = createHandHeld([order], { store: world.store });
    const { runId } = await held.engine.start("order");
    held.takeSent();
    world.watch(runId, [order]);
    const pass = (ms: number): void => {
      held.clock.now += ms;
      other.clock.now = held.clock.now;
    };
    /** Another process cancels the run, and cleans up once the claim seems to be dead. */
    const cancelElsewhere = async (ms: number): Promise<void> => {
      pass(ms);
      await other.engine.cancel(runId);
      await other.deliverAll();
    };
    return { slow, held, other, runId, pass, cancelElsewhere };
  }

  test.each<[SlowCall, string | undefined, number]>([
    ["log.append", undefined, 18 * SECOND],
    ["runs.patch", undefined, 18 * SECOND],
    ["log.append", "1s", 3 * SECOND],
    ["runs.patch", "1s", 3 * SECOND],
  ])(
    "lets no step begin beside the clean-up of its run (%s, timeout %s)",
    async (call, timeout, ms) => {
      const { order, did } = shop({ timeout });
      const { slow, held, runId, cancelElsewhere } = await begin({ order, did });
      slow.next(call, () => cancelElsewhere(ms));
      await held.engine.turn({ runId });
      expect(did).toEqual(["refund"]);
      expect((await held.engine.getRun(runId)).status).toBe("cancelled");
      expect(await storyOf(held.engine, runId)).toEqual([
        "workflow.started",
        "step.started charge",
        "cancellation.requested",
        "step.cancelled charge",
        "cancellation.delivered",
        "step.started refund",
        "step.completed refund",
        "workflow.cancelled",
      ]);
    },
  );

  test.each<[string | undefined, number]>([
    [undefined, 18 * SECOND],
    ["1s", 3 * SECOND],
  ])("lets no task begin beside the clean-up of its run (timeout %s)", async (timeout, ms) => {
    const { order, did } = shop({ timeout, parallel: true });
    const { slow, held, runId, cancelElsewhere } = await begin({ order, did });
    await held.engine.turn({ runId });
    await held.engine.turn({ runId, task: 1 });
    slow.next("tasks.claim", () => cancelElsewhere(ms));
    await held.engine.turn({ runId, task: 0 });
    expect(did).toEqual(["refund"]);
    expect((await held.engine.getRun(runId)).status).toBe("cancelled");
  });

  test("lets no task begin that was stopped meanwhile, and nobody waits for it", async () => {
    const { order, did } = shop({ parallel: true });
    const { slow, held, other, runId, pass } = await begin({ order, did });
    await held.engine.turn({ runId });
    await held.engine.turn({ runId, task: 1 });
    slow.next("tasks.claim", async () => {
      await other.engine.cancel(runId);
      pass(18 * SECOND);
    });
    await held.engine.turn({ runId, task: 0 });
    await held.deliverAll();
    expect(did).toEqual(["refund"]);
    expect((await held.engine.getRun(runId)).status).toBe("cancelled");
  });

  test("lets no step begin of whose request the renewal hears", async () => {
    const { order, did } = shop();
    const { slow, held, other, runId, pass } = await begin({ order, did });
    slow.next("log.append", async () => {
      await other.engine.cancel(runId);
      pass(10 * SECOND);
    });
    await held.engine.turn({ runId });
    await held.deliverAll();
    expect(did).toEqual(["refund"]);
    expect((await held.engine.getRun(runId)).status).toBe("cancelled");
  });

  test("lets no step begin when the next write says that the run has ended", async () => {
    const { order, did } = shop({ timeout: "1m" });
    const { slow, held, other, runId } = await begin({ order, did });
    slow.next("log.append", async () => {
      await other.engine.terminate(runId);
    });
    await held.engine.turn({ runId });
    expect(did).toEqual([]);
    expect((await held.engine.getRun(runId)).status).toBe("terminated");
    expect(held.takeSent()).toEqual([]);
  });

  test("renews nothing in a log that has ended with more open than its last entry tells", async () => {
    const did: string[] = [];
    const last = step("last", async () => void did.push("last"));
    const order = workflow("order", async () => {
      await Promise.all([...Array.from({ length: 950 }, () => sleep("1h")), last()]);
    });
    const { slow, held, other, runId, pass } = await begin({ order, did });
    slow.next("log.append", async () => {
      await other.engine.terminate(runId);
      pass(10 * SECOND);
    });
    await held.engine.turn({ runId });
    expect(did).toEqual([]);
    let page = await held.engine.getEvents(runId);
    while (page.more) {
      page = await held.engine.getEvents(runId, { after: page.events.at(-1)?.seq });
    }
    expect(page.events.at(-1)?.type).toBe("workflow.terminated");
  });

  test.each([
    ["log.append", undefined, 18 * SECOND],
    ["runs.patch", undefined, 18 * SECOND],
    ["log.append", "1s", 3 * SECOND],
    ["log.append", undefined, 6 * SECOND],
  ] as const)(
    "is renewed before the step begins, and no attempt is lost (%s, timeout %s, %i ms)",
    async (call, timeout, ms) => {
      const { order, did } = shop({ timeout, retries: 0 });
      const { slow, held, runId, pass } = await begin({ order, did });
      slow.next(call, () => pass(ms));
      const began = held.clock.now;
      await held.engine.turn({ runId });
      await held.deliverAll();
      expect(did).toEqual(["charge #1"]);
      expect((await held.engine.getRun(runId)).status).toBe("completed");
      const [renewed, ...more] = await eventsOf(held.engine, runId, "step.renewed");
      const lease = timeout === undefined ? 15 * SECOND : SECOND;
      // Longer by as much as the claim was late: the renewal may be as slow.
      expect(renewed).toMatchObject({ attempt: 1, lease: new Date(began + ms + lease + ms) });
      expect(more).toEqual([]);
    },
  );

  test.each([
    [undefined, 18 * SECOND],
    ["1s", 3 * SECOND],
  ])("of a task is renewed too (timeout %s)", async (timeout, ms) => {
    const { order, did } = shop({ timeout, retries: 0, parallel: true });
    const { slow, held, runId, pass } = await begin({ order, did });
    await held.engine.turn({ runId });
    slow.next("tasks.claim", () => pass(ms));
    await held.engine.turn({ runId, task: 0 });
    await held.deliverAll();
    expect(did).toEqual(["charge #1"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
  });

  test("is as good as renewed where every write is as slow", async () => {
    const { order, did } = shop({ timeout: "1s", retries: 0 });
    const { slow, held, runId, pass } = await begin({ order, did });
    slow.always(["log.append"], () => pass(3 * SECOND));
    await held.engine.turn({ runId });
    await held.deliverAll();
    expect(did).toEqual(["charge #1"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
    expect(await eventsOf(held.engine, runId, "step.renewed")).toHaveLength(1);
  });

  test.each([false, true])(
    "is given up when writes get slower and slower, and somebody waits for its end (as a task: %s)",
    async (parallel) => {
      const { order, did } = shop({ timeout: "1s", parallel });
      const { slow, held, runId, pass } = await begin({ order, did });
      if (parallel) {
        await held.engine.turn({ runId });
        await held.engine.turn({ runId, task: 1 });
        held.takeSent();
      }
      let ms = 2 * SECOND;
      slow.always(["log.append", "tasks.claim", "tasks.update"], () => {
        ms *= 2;
        pass(ms);
      });
      await held.engine.turn({ runId, ...(parallel && { task: 0 }) });
      expect(did).toEqual([]);
      const sent = held.takeSent();
      expect(sent).toHaveLength(1);
      slow.always(["log.append", "tasks.claim", "tasks.update"], () => {});
      pass(sent[0]?.delayMs ?? 0);
      for (const { continuation } of sent) await held.engine.turn(continuation);
      await held.deliverAll();
      expect(did).toEqual(["charge #2"]);
      expect((await held.engine.getRun(runId)).status).toBe("completed");
    },
  );
});
