/** No unshielded task begins while its run is paused, whoever is late; and none is lost by it. */
import { expect, test } from "vitest";
import type { Engine } from "../../src/engine/index.ts";
import {
  type AnyWorkflow,
  channel,
  continueAsNew,
  getContext,
  hook,
  shield,
  step,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;

describeOnEachStore("a task of a paused run", (world) => {
  /** Steps that note each attempt; of those that are named as hanging, none comes back. */
  function steps(...hanging: string[]) {
    const began: string[] = [];
    const act = (name: string, retries = 3) =>
      step(
        name,
        async () => {
          const attempt = `${name}#${getContext().attempt}`;
          began.push(attempt);
          if (hanging.includes(attempt)) await new Promise(() => {});
          return attempt;
        },
        { backoff: { initial: "5m", factor: 1, jitter: false }, retries },
      );
    return { began, act };
  }

  /** A run whose tasks are scheduled, and a process that knows no more of it than that. */
  async function open(code: AnyWorkflow) {
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start(code.name);
    world.watch(runId, [code]);
    await held.engine.turn({ runId });
    held.takeSent();
    const stale = held.another();
    await stale.turn({ runId, claim: "of long ago" });
    return { held, runId, stale };
  }

  /** A process that dies as soon as it calls this of the store. */
  function createDying(
    held: ReturnType<typeof createHandHeld>,
    code: AnyWorkflow,
    call: string,
  ): Engine {
    const store = around(world.store, (name, go) =>
      name === call ? Promise.reject(new Error("died")) : go(),
    );
    const dying = createHandHeld([code], { store });
    dying.clock.now = held.clock.now;
    return dying.engine;
  }

  function twoTasks(...hanging: string[]) {
    const { began, act } = steps(...hanging);
    const [first, second] = [act("first"), act("second")];
    const code = workflow("order", async () => await Promise.all([first(), second()]));
    return { began, code };
  }

  test("that nobody has claimed is not begun, and all of them are once it is resumed", async () => {
    const { began, code } = twoTasks();
    const { held, runId, stale } = await open(code);
    expect(await held.engine.pause(runId)).toMatchObject({ outcome: "paused" });
    for (const task of [0, 1]) await stale.turn({ runId, task });
    await held.deliverAll();
    expect(began).toEqual([]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(began.sort()).toEqual(["first#1", "second#1"]);
    expect(await held.engine.result(runId)).toEqual(["first#1", "second#1"]);
    expect(await storyOf(held.engine, runId, { only: /scheduled|paused|resumed/ })).toEqual([
      "step.scheduled first",
      "step.scheduled second",
      "run.paused",
      "run.resumed",
      "step.scheduled first",
      "step.scheduled second",
    ]);
  });

  test("that a dead process has claimed is not taken over, and goes on counting its attempts", async () => {
    const { began, code } = twoTasks("first#1");
    const { held, runId, stale } = await open(code);
    void held.another().turn({ runId, task: 0 });
    await expect.poll(() => began).toEqual(["first#1"]);
    await held.engine.pause(runId);
    held.clock.now += MINUTE;
    await stale.turn({ runId, task: 0 });
    await held.another().turn({ runId });
    expect(began).toEqual(["first#1"]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(began.sort()).toEqual(["first#1", "first#2", "second#1"]);
    expect(await held.engine.result(runId)).toEqual(["first#2", "second#1"]);
  });

  test("that executes is let finish, and its result is kept", async () => {
    const gate = createGate();
    const first = step("first", async () => {
      await gate.pass();
      return 1;
    });
    const second = step("second", async () => 2);
    const code = workflow("order", async () => await Promise.all([first(), second()]));
    const { held, runId } = await open(code);
    const executing = held.another().turn({ runId, task: 0 });
    await expect.poll(() => gate.reached).toBe(1);
    await held.engine.pause(runId);
    gate.open();
    await executing;
    await held.deliverAll();
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "paused" });
    expect(await storyOf(held.engine, runId, { only: /completed/ })).toEqual([
      "step.completed first",
    ]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(await held.engine.result(runId)).toEqual([1, 2]);
    expect(gate.reached).toBe(1);
  });

  test("is not begun after a second pause has answered, though the first one died", async () => {
    const { began, code } = twoTasks();
    const { held, runId, stale } = await open(code);
    await expect(createDying(held, code, "tasks.stop").pause(runId)).rejects.toThrow("died");
    expect(await held.another().pause(runId)).toMatchObject({ outcome: "already-paused" });
    for (const task of [0, 1]) await stale.turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("is stopped by a turn that finds the pause, though who asked for it died", async () => {
    const { began, code } = twoTasks();
    const { held, runId, stale } = await open(code);
    await expect(createDying(held, code, "tasks.stop").pause(runId)).rejects.toThrow("died");
    held.clock.now += MINUTE;
    held.takeSent(); // What would run the tasks is late.
    await held.another().sweep();
    await held.deliverAll();
    for (const task of [0, 1]) await stale.turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("is not begun by its own delivery that finds such a pause", async () => {
    const { began, code } = twoTasks();
    const { held, runId } = await open(code);
    await expect(createDying(held, code, "tasks.stop").pause(runId)).rejects.toThrow("died");
    for (const task of [0, 1]) await held.another().turn({ runId, task });
    expect(began).toEqual([]);
  });

  test("is not begun in another pause by a process that slept through the first one", async () => {
    const { began, code } = twoTasks();
    const { held, runId, stale } = await open(code);
    await held.engine.pause(runId);
    await held.engine.resume(runId);
    // It schedules them afresh, and is gone before it has sent their messages.
    await held.another().turn({ runId });
    const late = held.another();
    await late.turn({ runId, claim: "of long ago" });
    held.takeSent();
    await held.engine.pause(runId);
    for (const engine of [stale, late, held.another()]) {
      for (const task of [0, 1]) await engine.turn({ runId, task });
    }
    expect(began).toEqual([]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(began.sort()).toEqual(["first#1", "second#1"]);
  });

  test("is scheduled afresh, though a pause stopped it only after the resume", async () => {
    const { began, code } = twoTasks();
    const { held, runId } = await open(code);
    const slow = createGate();
    const store = around(world.store, async (name, call) => {
      if (name === "tasks.stop") await slow.pass();
      return await call();
    });
    const pausing = createHandHeld([code], { store });
    pausing.clock.now = held.clock.now;
    const answered = pausing.engine.pause(runId);
    await expect.poll(() => slow.reached).toBe(1);
    await held.engine.resume(runId);
    slow.open();
    await answered;
    await held.deliverAll();
    expect(await held.engine.result(runId)).toEqual(["first#1", "second#1"]);
    expect(began.sort()).toEqual(["first#1", "second#1"]);
  });

  test("that was scheduled afresh is claimed by a process that knows only of the one before", async () => {
    const { began, code } = twoTasks();
    const { held, runId, stale } = await open(code);
    await held.engine.pause(runId);
    await held.engine.resume(runId);
    await held.another().turn({ runId });
    held.takeSent();
    for (const task of [0, 1]) await stale.turn({ runId, task });
    expect(began.sort()).toEqual(["first#1", "second#1"]);
    expect(await held.engine.getRun(runId)).toMatchObject({ output: ["first#1", "second#1"] });
  });

  test("in a shield begins all the same", async () => {
    const { began, act } = steps();
    const [first, second] = [act("first"), act("second")];
    const code = workflow("order", async () => {
      await Promise.all([first(), shield(() => second())]);
    });
    const { held, runId } = await open(code);
    await held.engine.pause(runId);
    for (const task of [0, 1]) await held.another().turn({ runId, task });
    expect(began).toEqual(["second#1"]);
    await held.deliverAll();
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "paused" });
  });

  test("that was claimed before the pause, with its last attempt, is not lost by it", async () => {
    const { began, act } = steps();
    const [first, second] = [act("first", 0), act("second", 0)];
    const code = workflow("order", async () => await Promise.all([first(), second()]));
    const { held, runId } = await open(code);
    // The answer to the claim comes so late that the claim is renewed before the code is called.
    const slow = createGate();
    const store = around(world.store, async (name, call) => {
      const answer = await call();
      if (name === "tasks.claim") await slow.pass();
      return answer;
    });
    const claiming = createHandHeld([code], { store });
    claiming.clock.now = held.clock.now;
    const turn = claiming.engine.turn({ runId, task: 0 });
    await expect.poll(() => slow.reached).toBe(1);
    await held.engine.pause(runId);
    claiming.clock.now += 10_000;
    slow.open();
    await turn;
    expect(began).toEqual(["first#1"]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(await held.engine.result(runId)).toEqual(["first#1", "second#1"]);
  });

  test("in the pause before a retry is due again when it is resumed, and no sooner", async () => {
    const attempts: number[] = [];
    const flaky = step(
      "flaky",
      async () => {
        attempts.push(getContext().attempt ?? 0);
        if (attempts.length === 1) throw new Error("busy");
      },
      { backoff: { initial: "5m", factor: 1, jitter: false } },
    );
    const gate = createGate();
    const never = step("never", () => gate.pass(), { timeout: "10h" });
    const code = workflow("order", async () => await Promise.race([flaky(), never()]));
    const { held, runId } = await open(code);
    await held.engine.turn({ runId, task: 0 });
    void held.another().turn({ runId, task: 1 });
    await expect.poll(() => gate.reached).toBe(1);
    await held.engine.pause(runId);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(attempts).toEqual([1]);
    await held.engine.pause(runId);
    held.clock.now += 10 * MINUTE;
    await held.another().turn({ runId });
    expect(attempts).toEqual([1]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(attempts).toEqual([1, 2]);
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("that is stopped is cancelled like any other once its run is asked to stop", async () => {
    const { began, code } = twoTasks();
    const { held, runId } = await open(code);
    await held.engine.pause(runId);
    await held.deliverAll();
    await held.engine.cancel(runId);
    await held.deliverAll();
    expect(began).toEqual([]);
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "cancelled" });
    expect((await storyOf(held.engine, runId)).slice(-4)).toEqual([
      "step.cancelled first",
      "step.cancelled second",
      "cancellation.delivered",
      "workflow.cancelled",
    ]);
  });
});

describeOnEachStore("a paused run", (world) => {
  test("is due when its log must be kept on and no sooner, and costs nothing until then", async () => {
    const done: string[] = [];
    const note = step("note", async () => void done.push("note"));
    const code = workflow("order", async () => {
      await note();
      await note();
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.engine.turn({ runId });
    await held.engine.pause(runId);
    await held.deliverAll();
    const head = await world.store.runs.get(runId, held.clock.now);
    expect(head).toMatchObject({ status: "paused", dueAt: head?.keepAt });
    held.clock.now += 60 * MINUTE;
    await held.engine.sweep();
    expect(held.takeSent()).toEqual([]);
    expect(done).toEqual(["note"]);
  });

  test("claims nothing by a turn that began before the pause", async () => {
    const gate = createGate();
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const code = workflow("order", async () => {
      await note("first")();
      await note("second")();
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.engine.turn({ runId });
    const store = around(world.store, async (name, call) => {
      if (name === "log.append") await gate.pass();
      return await call();
    });
    const slow = createHandHeld([code], { store });
    slow.clock.now = held.clock.now;
    const turn = slow.engine.turn({ runId });
    await expect.poll(() => gate.reached).toBe(1);
    await held.another().pause(runId);
    gate.open();
    await turn;
    expect(done).toEqual(["first"]);
    expect((await storyOf(held.engine, runId)).at(-1)).toBe("run.paused");
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "paused" });
  });

  test("goes on though who resumed it died before a message was sent", async () => {
    const code = workflow("order", async () => await step("only", async () => 1)());
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.engine.pause(runId);
    await held.deliverAll();
    held.refuse(1);
    expect(await held.engine.resume(runId)).toMatchObject({ outcome: "resumed" });
    held.clock.now += 1;
    await held.another().sweep();
    await held.deliverAll();
    expect(await held.engine.result(runId)).toBe(1);
  });

  test("goes on by a second resume, though the message of the first one was lost", async () => {
    const code = workflow("order", async () => await step("only", async () => 1)());
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.engine.pause(runId);
    await held.engine.resume(runId);
    held.takeSent();
    expect(await held.another().resume(runId)).toMatchObject({ outcome: "not-paused" });
    await held.deliverAll();
    expect(await held.engine.result(runId)).toBe(1);
  });

  test("hands messages to a receive that waits, and keeps the others", async () => {
    const done: string[] = [];
    const words = channel<string>("words");
    const note = (name: string) => step(name, async () => void done.push(name));
    const code = workflow(
      "order",
      async () => {
        await note("first")();
        const one = await words.receive();
        await note(one)();
        return [one, await words.receive()];
      },
      { channels: [words] },
    );
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.deliverAll();
    await held.engine.pause(runId);
    for (const word of ["a", "b"]) await held.engine.send(runId, words, word);
    await held.deliverAll();
    expect(await storyOf(held.engine, runId, { only: /receive\./ })).toEqual([
      "receive.started",
      "receive.completed",
    ]);
    expect(done).toEqual(["first"]);
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(done).toEqual(["first", "a"]);
    expect(await held.engine.result(runId)).toEqual(["a", "b"]);
  });

  test("does not go on as new until it is resumed", async () => {
    const code: AnyWorkflow = workflow("order", async (input: number) => {
      await step(`work ${input}`, async () => {})();
      if (input === 2) return "done";
      return await continueAsNew(input + 1);
    });
    const held = createHandHeld([code], { store: world.store });
    const gate = createGate();
    const slow = around(world.store, async (name, call, [, entry]) => {
      const events = (entry as { events?: { type: string }[] } | undefined)?.events ?? [];
      if (name === "log.append" && events.some(({ type }) => type === "step.completed")) {
        await gate.pass();
      }
      return await call();
    });
    const working = createHandHeld([code], { store: slow });
    const { runId } = await held.engine.start("order", 1);
    world.watch(runId, [code]);
    const turn = working.engine.turn({ runId });
    await expect.poll(() => gate.reached).toBe(1);
    await held.engine.pause(runId);
    gate.open();
    await turn;
    await held.deliverAll();
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "paused", generation: 1 });
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(await held.engine.getRun(runId)).toMatchObject({ generation: 2, output: "done" });
  });

  test("is no longer one once it has ended, also by who read its head before it was paused", async () => {
    const reserve = step("reserve", async () => {});
    const charge = step("charge", async () => "charged");
    const code = workflow("order", async () => {
      await reserve();
      return await shield(() => charge());
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.engine.turn({ runId });
    const gate = createGate();
    const slow = around(world.store, async (name, call) => {
      if (name === "log.read") await gate.pass();
      return await call();
    });
    const turn = createHandHeld([code], { store: slow }).engine.turn({ runId });
    await expect.poll(() => gate.reached).toBe(1);
    await held.engine.pause(runId);
    gate.open();
    await turn;
    await held.deliverAll();
    const record = await held.engine.getRun(runId);
    expect(record).toMatchObject({ status: "completed", output: "charged" });
    expect(record).not.toHaveProperty("pause");
  });

  test("keeps payloads, and the code sees them; what it asks for then begins once it is resumed", async () => {
    const done: string[] = [];
    const note = (name: string) => step(name, async () => void done.push(name));
    const code = workflow("order", async () => {
      const approval = hook<string>("approval");
      await note("ask")();
      const early = hook<string>("early");
      const answer = await approval;
      await note(`approved by ${answer}`)();
      return [answer, await early];
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.deliverAll();
    const [open] = await held.engine.hooks(runId);
    await held.engine.pause(runId);
    await held.deliverAll();
    expect((await held.engine.hooks(runId)).map((each) => each.hook)).toContain("approval");
    await held.engine.resumeHook(open?.token ?? "", "alice");
    await held.deliverAll();
    expect(done).toEqual(["ask"]);
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "paused" });
    await held.engine.resume(runId);
    await held.deliverAll();
    expect(done).toEqual(["ask", "approved by alice"]);
    const [late] = await held.engine.hooks(runId);
    await held.engine.resumeHook(late?.token ?? "", "bob");
    await held.deliverAll();
    expect(await held.engine.result(runId)).toEqual(["alice", "bob"]);
  });

  test("takes the payload of a hook that it kept from beginning", async () => {
    let token = "";
    const gate = createGate();
    const first = step("first", () => gate.pass());
    const code = workflow("order", async () => {
      await first();
      const approval = hook<string>("approval");
      ({ token } = approval);
      return await approval;
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    const turn = held.engine.turn({ runId });
    await expect.poll(() => gate.reached).toBe(1);
    await held.another().pause(runId);
    gate.open();
    await turn;
    expect(await storyOf(held.engine, runId, { only: /hook/ })).toEqual([]);
    expect(token).not.toBe("");
    await held.another().resumeHook(token, "alice");
    expect((await storyOf(held.engine, runId)).slice(-2)).toEqual([
      "hook.created",
      "hook.received",
    ]);
    await held.deliverAll();
    // Nothing is left to hold back.
    expect(await held.engine.result(runId)).toBe("alice");
  });

  test("says what its code logs once, and not before it begins", async () => {
    const lines: string[] = [];
    const code = workflow("order", async () => {
      getContext().logger.info("begun");
      await step("only", async () => {})();
    });
    const logger = {
      debug() {},
      info: (line: string) => void lines.push(line),
      warn() {},
      error() {},
      child: () => logger,
    };
    const engine = world.createEngine({ workflows: [code], logger });
    const { runId } = await engine.start(code);
    await engine.pause(runId);
    await engine.settle();
    await engine.resume(runId);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
    expect(lines).toEqual(["begun"]);
  });
});
