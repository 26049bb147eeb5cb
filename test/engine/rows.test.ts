/** What is due of a run beside its head, from the payload that comes to the run that rests again. */
import { expect, test } from "vitest";
import { newEntry, newHead } from "../../src/conformance/samples.ts";
import { StoreDamagedError, StoreUnavailableError } from "../../src/core/errors.ts";
import type { Engine } from "../../src/engine/index.ts";
import { hook, sleep, step, workflow } from "../../src/index.ts";
import type { Observation } from "../../src/ports/observer.ts";
import type { DueRun, HeadPatch, Store } from "../../src/ports/store.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld, type HandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;

const work = step("work", async () => {});
/** Takes orders, one after the other. */
const orders = workflow("orders", async () => {
  for (;;) {
    const order = await hook("order");
    if (order === "end") return;
    if (order === "work") await work();
  }
});

/** The rows of a run. */
async function rowsOf(store: Store, runId: string): Promise<DueRun[]> {
  const due = await store.runs.listDue({ until: Number.MAX_SAFE_INTEGER, limit: 1_000 });
  return due.filter((each) => each.runId === runId && each.row !== undefined);
}

async function waiting(held: HandHeld, name = "orders"): Promise<string> {
  const { runId } = await held.engine.start(name);
  await held.deliverAll();
  held.takeSent();
  return runId;
}

/** Hands a payload to the hook that is open; its message is on its way. */
async function hand(engine: Engine, runId: string, order: string): Promise<void> {
  const open = (await engine.hooks(runId)).at(-1);
  if (!open) throw new Error("no hook is open");
  await engine.resumeHook(open.token, order);
}

describeOnEachStore("what comes from outside", (world) => {
  const held = (store = world.store): HandHeld => createHandHeld([orders], { store });

  test("is due by itself, in the very write that brings it, and changes no head", async () => {
    const here = held();
    const runId = await waiting(here);
    const head = await world.store.runs.get(runId, here.clock.now);
    await hand(here.engine, runId, "rest");
    expect(await world.store.runs.get(runId, here.clock.now)).toEqual(head);
    const { incarnation } = head ?? {};
    const row = { incarnation, type: "entry", position: 2 };
    expect(await rowsOf(world.store, runId)).toEqual([
      { runId, dueAt: here.clock.now + MINUTE, row },
    ]);
  });

  test.each(["rest", "work"])("is due no more when its run rests again: %s", async (order) => {
    const changes: object[] = [];
    const store = around(world.store, async (name, call, [, patch]) => {
      if (name === "runs.patch") changes.push((patch as HeadPatch).change);
      return await call();
    });
    const here = held(store);
    const runId = await waiting(here);
    const head = await world.store.runs.get(runId, here.clock.now);
    changes.length = 0;
    await hand(here.engine, runId, order);
    await here.deliverAll();
    expect(await rowsOf(world.store, runId)).toEqual([]);
    const { dueAt } = (await world.store.runs.get(runId, here.clock.now)) ?? {};
    expect(dueAt).toBe(head?.dueAt);
    // The row looked after the run meanwhile, so the index of what is due had nothing to do.
    const statuses = order === "work" ? ["running", "suspended"] : [];
    expect(changes).toEqual(statuses.map((status) => ({ status, problem: null })));
  });

  test("is told of to observers by how long it waited to be taken up", async () => {
    const lags: number[] = [];
    const notify = (seen: Observation): void => {
      if (seen.type === "run.pickedUp") lags.push(seen.lagMs);
    };
    const here = createHandHeld([orders], { store: world.store, observer: { notify } });
    const runId = await waiting(here);
    lags.length = 0;
    await hand(here.engine, runId, "work");
    here.clock.now += 7_000;
    await here.deliverAll();
    expect(lags).toEqual([7_000]);
  });

  test("is brought on by the sweep when its sender dies before its message is sent", async () => {
    const here = held();
    const runId = await waiting(here);
    await hand(here.engine, runId, "end");
    here.takeSent(); // Lost.
    here.clock.now += MINUTE - 1;
    expect(await here.engine.sweep()).toEqual({ sent: 0 });
    here.clock.now += 1;
    expect(await here.engine.sweep()).toEqual({ sent: 1 });
    expect(await rowsOf(world.store, runId)).toEqual([]);
    const head = await world.store.runs.get(runId, here.clock.now);
    expect(head).toMatchObject({ dueAt: here.clock.now + MINUTE, resends: 1 });
    await here.deliverAll();
    expect((await here.engine.getRun(runId)).status).toBe("completed");
  });

  test("looks after its run for as long as a step executes, and then its head does", async () => {
    const gate = createGate();
    const patient = workflow("patient", async () => {
      await hook("order");
      await step("hold", () => gate.pass())();
    });
    const here = createHandHeld([patient], { store: world.store });
    const runId = await waiting(here, "patient");
    world.watch(runId, [patient]);
    const head = await world.store.runs.get(runId, here.clock.now);
    await hand(here.engine, runId, "go");
    here.takeSent();
    const gone = here.another().turn({ runId });
    while (gate.reached === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await world.store.runs.get(runId, here.clock.now)).toMatchObject({
      status: "running",
      dueAt: head?.dueAt,
    });
    expect(await rowsOf(world.store, runId)).toHaveLength(1);
    here.clock.now += MINUTE;
    expect(await here.engine.sweep()).toEqual({ sent: 1 });
    expect(await rowsOf(world.store, runId)).toEqual([]);
    expect(await world.store.runs.get(runId, here.clock.now)).toMatchObject({
      status: "running",
      dueAt: here.clock.now + MINUTE,
    });
    gate.open();
    await gone;
    await here.deliverAll();
  });

  test("needs but one row while its run goes on, the newest", async () => {
    const gate = createGate();
    const both = workflow("both", async () => {
      const hold = step("hold", () => gate.pass());
      await Promise.all([hold(), orders.run()]);
    });
    const here = createHandHeld([both], { store: world.store });
    const { runId } = await here.engine.start("both");
    world.watch(runId, [both]);
    here.takeSent();
    const holding = here.engine.turn({ runId });
    while (gate.reached === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const other = here.another();
    for (const order of ["one", "two", "three"]) {
      await hand(here.engine, runId, order);
      await other.turn({ runId });
      const [row, ...others] = await rowsOf(world.store, runId);
      const newest = (await here.engine.getEvents(runId)).events.findLast(
        ({ type }) => type === "hook.received",
      );
      expect(others).toEqual([]);
      const position = Math.floor((newest?.seq ?? 0) / 1000);
      expect(row?.row).toMatchObject({ type: "entry", position });
    }
    await hand(here.engine, runId, "end");
    gate.open();
    await holding;
    await here.deliverAll();
    expect((await here.engine.getRun(runId)).status).toBe("completed");
    expect(await rowsOf(world.store, runId)).toEqual([]);
  });

  test("stays due where another has written the head since", async () => {
    let forestalled = 0;
    const store = around(world.store, async (name, call, [key, patch]) => {
      const { change, position } = (patch ?? {}) as HeadPatch;
      if (name === "runs.patch" && change.status === "suspended" && forestalled++ === 0) {
        const later = { position: position + 1, change: { resends: 0 }, readDueAt: undefined };
        await world.store.runs.patch(key as never, later);
      }
      return await call();
    });
    const here = held(store);
    forestalled = 1;
    const runId = await waiting(here);
    forestalled = 0;
    await hand(here.engine, runId, "work");
    await here.deliverAll();
    expect(await rowsOf(world.store, runId)).toHaveLength(1);
  });
});

describeOnEachStore("a row", (world) => {
  const held = (store = world.store): HandHeld => createHandHeld([orders], { store });

  test("is cleared again by the delivery that is repeated when that has failed", async () => {
    let failures = 0;
    const store = around(world.store, async (name, call) => {
      if (name !== "log.clearRows" || failures === 0) return await call();
      failures -= 1;
      throw new StoreUnavailableError(name, new Error("for this test"));
    });
    const here = held(store);
    const runId = await waiting(here);
    await hand(here.engine, runId, "rest");
    here.takeSent();
    failures = 4;
    await expect(here.engine.turn({ runId })).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await rowsOf(world.store, runId)).toHaveLength(1);
    failures = 0;
    await here.engine.turn({ runId });
    expect(await rowsOf(world.store, runId)).toEqual([]);
  });

  test("of a run that has ended is left to the sweep, if need be", async () => {
    let isDown = true;
    const store = around(world.store, async (name, call) => {
      if (name !== "log.clearRows" || !isDown) return await call();
      throw new StoreUnavailableError(name, new Error("for this test"));
    });
    const here = held(store);
    const runId = await waiting(here);
    await hand(here.engine, runId, "end");
    await here.deliverAll();
    expect((await here.engine.getRun(runId)).status).toBe("completed");
    expect(await rowsOf(world.store, runId)).toHaveLength(1);
    isDown = false;
    here.clock.now += MINUTE;
    expect(await here.engine.sweep()).toEqual({ sent: 0 });
    expect(await rowsOf(world.store, runId)).toEqual([]);
  });

  test("of another run with the same id, or of none, is cleared, and wakes nobody", async () => {
    const here = held();
    const runId = await waiting(here);
    const gone = newHead();
    const keys = [{ runId, incarnation: "older" }, gone];
    for (const key of keys) {
      await world.store.log.append(key, newEntry(1), { dueAt: here.clock.now - 1 });
    }
    expect(await here.engine.sweep()).toEqual({ sent: 0 });
    for (const key of keys) expect(await rowsOf(world.store, key.runId)).toEqual([]);
  });

  test("is not announced: its news was told when it came", async () => {
    const here = held();
    const runId = await waiting(here);
    await hand(here.engine, runId, "rest");
    here.takeSent();
    expect(await here.engine.sweep({ horizonMs: 5 * MINUTE })).toEqual({ sent: 0, announced: 0 });
    await here.engine.turn({ runId });
  });

  test("has its run announced but once, if a timer of that is due as well", async () => {
    const both = workflow("both", async () => {
      await Promise.all([hook("order"), sleep("1h")]);
    });
    const here = createHandHeld([both], { store: world.store });
    const runId = await waiting(here, "both");
    world.watch(runId, [both]);
    here.clock.now += 60 * MINUTE - 30_000;
    await hand(here.engine, runId, "now");
    here.takeSent(); // Lost.
    expect(await here.engine.sweep({ horizonMs: 5 * MINUTE })).toEqual({ sent: 0, announced: 1 });
    here.clock.now += MINUTE;
    await here.deliverAll();
    await here.engine.turn({ runId });
    expect((await here.engine.getRun(runId)).status).toBe("completed");
  });

  test("stands for as long as the head of its run is damaged", async () => {
    let isDamaged = false;
    const store = around(world.store, async (name, call) => {
      if (name === "runs.get" && isDamaged) throw new StoreDamagedError("The head", "a test");
      return await call();
    });
    const here = held(store);
    const runId = await waiting(here);
    await hand(here.engine, runId, "end");
    here.takeSent();
    isDamaged = true;
    here.clock.now += MINUTE;
    expect(await here.engine.sweep()).toEqual({ sent: 0 });
    expect(await rowsOf(world.store, runId)).toHaveLength(1);
    isDamaged = false;
    expect(await here.engine.sweep()).toEqual({ sent: 1 });
  });

  test("makes its head due before it is cleared", async () => {
    const calls: string[] = [];
    const store = around(world.store, async (name, call) => {
      calls.push(name);
      if (name === "log.clearRows") throw new StoreUnavailableError(name, new Error("died"));
      return await call();
    });
    const runId = await waiting(held());
    const here = held(store);
    await hand(here.engine, runId, "end");
    here.takeSent();
    here.clock.now += MINUTE;
    await expect(here.engine.sweep()).rejects.toBeInstanceOf(StoreUnavailableError);
    const head = await world.store.runs.get(runId, here.clock.now);
    expect(head?.dueAt).toBeLessThanOrEqual(here.clock.now);
    expect(await held().engine.sweep()).toEqual({ sent: 0 });
  });
});
