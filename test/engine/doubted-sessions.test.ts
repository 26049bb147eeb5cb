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

describeOnEachStore("a process that others have overtaken", (world) => {
  const code = workflow("order", async () => {
    await step("pack", async () => {})();
    await sleep("1h");
  });

  test.each([
    ["has appended to it", true],
    ["has only read it", false],
  ])("does not leave a run to them unread where it %s before", async (_, hasAppended) => {
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    const [own, other] = [held.another(), held.another()];
    await (hasAppended ? own : other).turn({ runId });
    await own.turn({ runId });
    await other.cancel(runId);
    await own.turn({ runId });
    expect((await held.engine.getRun(runId)).status).toBe("cancelled");
  });

  test("sends what the end of a task has scheduled, though it learns of both while it asks for the task", async () => {
    const ran: string[] = [];
    const act = (name: string) => step(name, async () => void ran.push(name))();
    const branches = workflow("branches", async () => {
      await Promise.all([act("a").then(() => act("b")), act("c")]);
    });
    const gate = createGate();
    let holds = false;
    const slow = around(world.store, async (name, call, [, command]) => {
      const answer = await call();
      if (holds && name === "tasks.claim" && command === 0) await gate.pass();
      return answer;
    });
    const held = createHandHeld([branches], { store: slow });
    const { runId } = await held.engine.start("branches");
    world.watch(runId, [branches]);
    const [dies, other] = [held.another(), held.another()];
    await other.turn({ runId });
    held.takeSent();
    // What follows from the task is in the log, and its message is lost with who wrote it.
    held.refuse(1);
    await expect(dies.turn({ runId, task: 0 })).rejects.toThrow("refused");
    holds = true;
    const again = other.turn({ runId, task: 0 });
    while (gate.reached === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await other.turn({ runId, task: 1 });
    gate.open();
    await again;
    await held.deliverAll();
    expect(ran).toEqual(["a", "c", "b"]);
    expect((await held.engine.getRun(runId)).status).toBe("completed");
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
