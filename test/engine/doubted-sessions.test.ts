/** What a process takes for true of a run, and what it must not. */
import { expect, test } from "vitest";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

describeOnEachStore("a process whose append came to nothing", (world) => {
  test("does not believe what it has shown to the code: the message comes again to a clean start", async () => {
    const began: string[] = [];
    const act = (name: string) => step(name, async () => void began.push(name));
    const code = workflow("order", async () => {
      for (const name of ["first", "second"]) await act(name)();
    });
    let appends = 0;
    const failing = around(world.store, (name, call) => {
      if (name === "log.append") appends += 1;
      // The one that would have recorded the end of the first step.
      if (name === "log.append" && appends === 2) return Promise.reject(new Error("died"));
      return call();
    });
    const held = createHandHeld([code], { store: failing });
    const { runId } = await held.engine.start("order");
    await expect(held.engine.turn({ runId })).rejects.toThrow("died");
    held.takeSent();
    // Its claim is live by what the log says, so nothing begins; least of all what comes after it.
    await held.engine.turn({ runId });
    expect(began).toEqual(["first"]);
    held.clock.now += 60_000;
    await held.engine.turn({ runId });
    await held.deliverAll();
    expect(began).toEqual(["first", "first", "second"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
    world.watch(runId, [code]);
  });

  test("takes an entry for its own only if it was written with that very intent", async () => {
    const began: string[] = [];
    const code = workflow("order", async () => {
      await step("act", async () => void began.push("act"))();
    });
    let late: (() => Promise<unknown>) | undefined;
    let isFirst = true;
    const slow = around(world.store, async (name, call) => {
      if (name !== "log.append") return await call();
      if (isFirst) {
        // It is written after all, though only after it was given up.
        isFirst = false;
        late = call;
        throw new Error("no answer");
      }
      await late?.();
      late = undefined;
      return await call();
    });
    const held = createHandHeld([code], { store: slow });
    const { runId } = await held.engine.start("order");
    await expect(held.engine.turn({ runId })).rejects.toThrow("no answer");
    await held.engine.turn({ runId });
    // The claim that stands in the log is another one, and its time is not over.
    expect(began).toEqual([]);
    held.clock.now += 60_000;
    await held.engine.turn({ runId });
    expect(began).toEqual(["act"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
    world.watch(runId, [code]);
  });
});

describeOnEachStore("tasks that finish at once in many processes", (world) => {
  test("are absorbed by few entries, as whoever loses the race marks its own and takes others along", async () => {
    const many = 12;
    const gate = createGate();
    const act = step("act", () => gate.pass());
    const code = workflow("order", async () => {
      await Promise.all(Array.from({ length: many }, () => act()));
      await sleep("1h");
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    await held.engine.turn({ runId });
    const turns = Array.from({ length: many }, (_, task) => held.another().turn({ runId, task }));
    while (gate.reached < many) await new Promise((resolve) => setTimeout(resolve, 1));
    gate.open();
    await Promise.all(turns);
    const head = await world.store.runs.get(runId, held.clock.now);
    if (!head) throw new Error("no run");
    const entries = await world.store.log.read(head, { from: 1 });
    const absorbing = entries.filter(({ events }) =>
      events.some(({ type }) => type === "step.completed"),
    );
    const absorbed = absorbing.flatMap(({ events }) =>
      events.filter(({ type }) => type === "step.completed"),
    );
    expect(absorbed).toHaveLength(many);
    expect(absorbing.length).toBeLessThanOrEqual(many / 2);
    expect(await world.store.tasks.doneMarks(head)).toEqual([]);
    world.watch(runId, [code]);
  });
});
