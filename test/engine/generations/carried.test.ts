import { expect, test } from "vitest";
import { createEngine as createPlainEngine } from "../../../src/engine/index.ts";
import {
  channel,
  continueAsNew,
  HookAlreadyReceivedError,
  HookExpiredError,
  hook,
  patched,
  sleep,
  step,
  workflow,
} from "../../../src/index.ts";
import type { AppendOptions } from "../../../src/ports/store.ts";
import { describeOnEachStore, silent } from "../each-store.ts";
import { storyOf } from "../story.ts";
import { around, countCalls, losingAnswers } from "../watched-store.ts";

const words = channel<string>("words");

/** Hears one word in each generation, of so many. */
const listener = workflow(
  "listener",
  async ({ heard, most }: { heard: string[]; most: number }) => {
    const word = await words.receive();
    await sleep("1h");
    const all = [...heard, word];
    if (all.length === most) return all;
    return await continueAsNew({ heard: all, most });
  },
  { channels: [words] },
);

describeOnEachStore("what is carried over as a run goes on as new", (world) => {
  const { createEngine } = world;

  test("are the messages that nobody has received, in their order", async () => {
    const engine = createEngine({ workflows: [listener] });
    const { runId } = await engine.start(listener, { heard: [], most: 3 });
    for (const [index, word] of ["a", "b", "c"].entries()) {
      await engine.send(runId, words, word, { messageId: `m${index}`, sentBy: "bob" });
    }
    await engine.settle();
    await engine.clock.advance("1h");
    const { events } = await engine.getEvents(runId);
    expect(events.slice(0, 3)).toMatchObject([
      { type: "workflow.started" },
      { type: "message.received", message: 0, payload: "b", sentBy: "bob", carried: true },
      { type: "message.received", message: 1, payload: "c", messageId: "m2", carried: true },
    ]);
    await engine.clock.advance("2h");
    expect(await engine.result(runId)).toEqual(["a", "b", "c"]);
  });

  test("are the ids of messages, for one generation", async () => {
    const engine = createEngine({ workflows: [listener] });
    const { runId } = await engine.start(listener, { heard: [], most: 3 });
    const send = async (word: string, messageId: string): Promise<boolean> =>
      (await engine.send(runId, words, word, { messageId })).duplicate;
    expect(await send("a", "first")).toBe(false);
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2 });
    expect(await send("a", "first")).toBe(true);
    expect(await send("b", "second")).toBe(false);
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).toMatchObject({ generation: 3 });
    expect(await send("b", "second")).toBe(true);
    expect(await send("a again", "first")).toBe(false);
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toEqual(["a", "b", "a again"]);
    expect(await send("late", "second")).toBe(true);
  });

  test("are thousands of messages, in as many entries as they need", async () => {
    const long = "x".repeat(600);
    const engine = createEngine({ workflows: [listener] });
    const { runId } = await engine.start(listener, { heard: [], most: 2 });
    await engine.settle();
    const sends = Array.from({ length: 1_500 }, (_, index) =>
      engine.send(runId, words, `${index} ${long}`, { messageId: `${index}` }),
    );
    await Promise.all(sends);
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2 });
    await engine.clock.advance("1h");
    const heard = await engine.result<string[]>(runId);
    expect(heard.map((word) => word.split(" ")[0])).toEqual(["0", "1"]);
  });

  test("are no hooks: whoever answers late is told so, or that it was answered", async () => {
    const tokens: string[] = [];
    const asking = workflow("asking", async (round: number) => {
      const [answered, open] = [hook("answered"), hook("open")];
      const keep = step("keep", async () => void tokens.push(answered.token, open.token));
      await keep();
      await answered;
      if (round === 2) return "done";
      return await continueAsNew(round + 1);
    });
    const engine = createEngine({ workflows: [asking] });
    const { runId } = await engine.start(asking, 1);
    await engine.settle();
    const [first = "", open = ""] = tokens;
    await engine.resumeHook(first, 1, { deliveryId: "d" });
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2 });
    expect(new Set(tokens).size).toBe(4);
    await expect(engine.resumeHook(open, 1)).rejects.toThrow(HookExpiredError);
    await expect(engine.resumeHook(open, 1)).rejects.toMatchObject({ reason: "continued" });
    await expect(engine.resumeHook(first, 2)).rejects.toThrow(HookAlreadyReceivedError);
    expect(await engine.resumeHook(first, 1, { deliveryId: "d" })).toEqual({ runId });
    const hooks = await engine.hooks(runId);
    expect(hooks.map(({ token }) => token)).toEqual(tokens.slice(2));
    await engine.resumeHook(tokens[2] ?? "", 1);
    expect(await engine.result(runId)).toBe("done");
  });

  test("is what it was started with: the same start finds it, and another does not", async () => {
    const engine = createEngine({ workflows: [listener] });
    const start = (most: number) =>
      engine.start(listener, { heard: [], most }, { idempotencyKey: "generations" });
    const { runId } = await start(2);
    await engine.send(runId, words, "a");
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2 });
    expect(await start(2)).toMatchObject({ runId, existing: true });
    await expect(start(3)).rejects.toMatchObject({ code: "run.idempotencyConflict" });
  });

  test("is the time that it may take in all", async () => {
    const brief = workflow(
      "brief",
      async (round: number): Promise<never> => {
        await sleep("20m");
        return await continueAsNew(round + 1);
      },
      { maxDuration: "1h" },
    );
    const engine = createEngine({ workflows: [brief] });
    const { runId } = await engine.start(brief, 1);
    await engine.clock.advance("2h");
    expect(await engine.getRun(runId)).toMatchObject({
      generation: 3,
      status: "cancelled",
      endedAt: new Date("2030-01-01T01:00:00Z"),
    });
  });

  test("is neither its version nor its patches", async () => {
    const code = async (round: number): Promise<unknown> => {
      const isPatched = patched("p");
      if (round === 2) return isPatched;
      await sleep("1h");
      return await continueAsNew(round + 1);
    };
    const asked = workflow("w", async (round: number) => {
      await sleep("1h");
      return await continueAsNew(round + 1);
    });
    const newer = workflow("w", code, { version: "2", patches: ["p"] });
    const before = createEngine({ workflows: [asked] });
    const { runId } = await before.start(asked, 1);
    await before.settle();
    const engine = createEngine({ workflows: [asked, newer] });
    world.watch(runId, [asked, newer]);
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe(true);
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2, version: "2" });
  });
});

describeOnEachStore("a chain of generations", (world) => {
  const { createEngine } = world;
  const chain = workflow(
    "chain",
    async (left: number): Promise<string> => {
      await step("work", async () => left)();
      if (left === 0) return "done";
      return await continueAsNew(left - 1);
    },
    { limits: { events: 20 } },
  );

  test("costs as much at its end as at its start, and has a limit of events each", async () => {
    const { store, calls, reset } = countCalls(world.store);
    const engine = createEngine({ workflows: [chain], store });
    const counts: number[] = [];
    for (const length of [5, 45]) {
      reset();
      const { runId } = await engine.start(chain, length);
      expect(await engine.result(runId)).toBe("done");
      counts.push((calls["log.append"] ?? 0) / (length + 1), calls["runs.patch"] ?? 0);
    }
    const [few, , many, patches] = counts;
    expect(few).toBe(2);
    expect(many).toBe(2);
    expect(patches).toBeLessThan(10);
  });

  test("comes to its end, whatever answers are lost", async () => {
    const engine = createPlainEngine({
      workflows: [chain],
      store: losingAnswers(world.store),
      scheduler: { send: async () => {} },
      // It pauses before it asks again, by a clock that goes on by itself, and not for long.
      random: () => 0,
      logger: silent,
    });
    const { runId } = await engine.start(chain, 3);
    world.watch(runId, [chain]);
    for (let turns = 0; turns < 4; turns++) await engine.turn({ runId });
    expect(await engine.getRun(runId)).toMatchObject({ generation: 4, status: "completed" });
  });

  test("goes on if the process dies that has just exchanged a log", async () => {
    let exchanged = (): void => {};
    const exchange = new Promise<void>((resolve) => {
      exchanged = resolve;
    });
    const dying = createEngine({
      workflows: [chain],
      store: around(world.store, async (name, call, args) => {
        const answer = await call();
        if (name !== "log.append" || !(args[2] as AppendOptions | undefined)?.next) return answer;
        exchanged();
        return await new Promise(() => {});
      }),
    });
    const { runId } = await dying.start(chain, 2);
    void dying.turn({ runId });
    await exchange;
    const engine = createEngine({ workflows: [chain] });
    expect(await engine.getRun(runId)).toMatchObject({ generation: 2, status: "running" });
    await engine.clock.advance("2m");
    expect(await engine.result(runId)).toBe("done");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "step.started work",
      "step.completed work",
      "workflow.completed",
    ]);
  });
});
