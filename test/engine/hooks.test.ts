import { expect, test } from "vitest";
import * as z from "zod";
import { createEngine as createPlainEngine, type Engine } from "../../src/engine/index.ts";
import { hookToken } from "../../src/engine/replay/hook-token.ts";
import { loadLog } from "../../src/engine/replay/load-log.ts";
import {
  ConfigurationError,
  continueAsNew,
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  HookTimeoutError,
  hook,
  InvalidInputError,
  isCancellation,
  RunEndedError,
  shield,
  sleep,
  step,
  WorkflowNotFoundError,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore, silent } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";
import { countCalls } from "./watched-store.ts";

const answer = z.object({ approved: z.boolean(), at: z.coerce.date().optional() });

const approval = workflow("approval", async () => {
  const { approved } = await hook("approval", { schema: answer });
  return approved;
});

/** The token of the only hook of a run that takes a payload. */
async function tokenOf(engine: Pick<Engine, "hooks">, runId: string): Promise<string> {
  const [open, ...others] = await engine.hooks(runId);
  if (!open || others.length > 0) throw new Error("not just one hook is open");
  return open.token;
}

describeOnEachStore("a run that waits for a hook", ({ createEngine }) => {
  test("is suspended, and goes on with the payload that comes", async () => {
    const engine = createEngine({ workflows: [approval] });
    const run = await engine.start(approval);
    await engine.settle();
    expect(await engine.getRun(run.runId)).toMatchObject({ status: "suspended" });
    const [open] = await engine.hooks(run.runId);
    expect(open).toMatchObject({
      hook: "approval",
      command: 0,
      schema: { type: "object", required: ["approved"] },
    });
    const { token } = open ?? { token: "" };
    expect(await engine.resumeHook(token, { approved: true })).toEqual({ runId: run.runId });
    expect(await run.result()).toBe(true);
    expect(await storyOf(engine, run.runId)).toEqual([
      "workflow.started",
      "hook.created",
      "hook.received",
      "workflow.completed",
    ]);
    expect(await engine.hooks(run.runId)).toEqual([]);
  });

  test("costs nothing while it waits: the sweep looks at it only to keep its log", async () => {
    const engine = createEngine({ workflows: [approval] });
    const { runId } = await engine.start(approval);
    await engine.settle();
    const head = await engine.store.runs.get(runId, engine.clock.now());
    expect(head?.dueAt).toBe(head?.keepAt);
    await engine.clock.advance("7d");
    expect(await engine.store.runs.get(runId, engine.clock.now())).toEqual(head);
    await engine.clock.advance(engine.store.retentionMs);
    await engine.resumeHook(await tokenOf(engine, runId), { approved: true });
    expect(await engine.result(runId)).toBe(true);
  });

  test("is read but once by who asks for its hooks, and then what is new of it", async () => {
    const many = workflow("many", async () => {
      for (let n = 0; n < 20; n++) await step("work", async () => {})();
      return await hook("any");
    });
    const engine = createEngine({ workflows: [many] });
    const { runId } = await engine.start(many);
    await engine.settle();
    const { store, calls, reset } = countCalls(engine.store);
    const reader = createEngine({ workflows: [many], store });
    const [open] = await reader.hooks(runId);
    expect(calls).toMatchObject({ "runs.get": 1 });
    reset();
    expect(await reader.hooks(runId)).toEqual([open]);
    expect(calls).toEqual({ "log.read": 1 });
    await engine.resumeHook(open?.token ?? "", "now");
    await engine.settle();
    expect(await reader.hooks(runId)).toEqual([]);
  });

  test("has the hooks of its latest generation, for who knew one before as well", async () => {
    const twice = workflow("twice", async (turn: number): Promise<unknown> => {
      const got = await hook(`turn ${turn}`);
      return turn === 2 ? got : await continueAsNew(2);
    });
    const engine = createEngine({ workflows: [twice] });
    const reader = createEngine({ workflows: [twice] });
    const { runId } = await engine.start(twice, 1);
    await engine.settle();
    expect(await reader.hooks(runId)).toMatchObject([{ hook: "turn 1" }]);
    await engine.resumeHook(await tokenOf(engine, runId), "on");
    await engine.settle();
    expect(await reader.hooks(runId)).toMatchObject([{ hook: "turn 2" }]);
    await engine.resumeHook(await tokenOf(reader, runId), "over");
    expect(await engine.result(runId)).toBe("over");
  });

  test("gets what the schema puts out, as it was kept", async () => {
    const when = workflow("when", async () => (await hook("approval", { schema: answer })).at);
    const engine = createEngine({ workflows: [when] });
    const { runId } = await engine.start(when);
    await engine.settle();
    await engine.resumeHook(await tokenOf(engine, runId), { approved: true, at: "2030-05-01" });
    expect(await engine.result(runId)).toEqual(new Date("2030-05-01"));
    const { events } = await engine.getEvents(runId);
    expect(events[2]).toMatchObject({
      type: "hook.received",
      command: 0,
      hook: "approval",
      shielded: false,
      payload: { approved: true, at: new Date("2030-05-01") },
    });
  });

  test("takes whatever comes where it has no schema", async () => {
    const any = workflow("any", async () => await hook("any"));
    const engine = createEngine({ workflows: [any] });
    for (const payload of [undefined, null, new Map([["a", 1n]]), "text"]) {
      const { runId } = await engine.start(any);
      await engine.settle();
      await engine.resumeHook(await tokenOf(engine, runId), payload);
      expect(await engine.result(runId)).toEqual(payload);
    }
  });
});

describeOnEachStore("a payload", (world) => {
  const { createEngine } = world;
  test("that does not fit is refused to its sender, with the issues, and nothing is written", async () => {
    const engine = createEngine({ workflows: [approval] });
    const { runId } = await engine.start(approval);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    const refused = engine.resumeHook(token, { approved: "perhaps" });
    await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ issues: [{ path: ["approved"] }] });
    await expect(engine.resumeHook(token, { approved: true, at: () => {} })).rejects.toThrow();
    expect((await engine.getEvents(runId)).events).toHaveLength(2);
    await engine.resumeHook(token, { approved: false });
    expect(await engine.result(runId)).toBe(false);
  });

  test("that cannot be kept is refused", async () => {
    const any = workflow("any", async () => await hook("any"));
    const engine = createEngine({ workflows: [any] });
    const { runId } = await engine.start(any);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    await expect(engine.resumeHook(token, { call() {} })).rejects.toMatchObject({
      code: "value.notSerializable",
    });
    await expect(engine.resumeHook(token, "x".repeat(400_000))).rejects.toMatchObject({
      code: "payload.tooLarge",
    });
    let deep: unknown = 1;
    for (let level = 0; level < 200; level += 1) deep = [deep];
    await expect(engine.resumeHook(token, deep)).rejects.toMatchObject({
      code: "value.notSerializable",
    });
    await engine.resumeHook(token, "kept");
    expect(await engine.result(runId)).toBe("kept");
  });

  test("is handed over once: of many that come at once one wins, and all others are told", async () => {
    const any = workflow("any", async () => await hook("any"));
    const engine = createEngine({ workflows: [any] });
    const other = createEngine({ workflows: [any] });
    const { runId } = await engine.start(any);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    const senders = Array.from({ length: 12 }, (_, n) =>
      (n % 2 === 0 ? engine : other).resumeHook(token, n).then(
        () => n,
        (error: unknown) => error,
      ),
    );
    const told = await Promise.all(senders);
    const [winner, ...more] = told.filter((each) => typeof each === "number");
    expect(more).toEqual([]);
    for (const each of told.filter((one) => typeof one !== "number")) {
      expect(each).toBeInstanceOf(HookAlreadyReceivedError);
      expect(each).toMatchObject({ runId, hook: "any" });
    }
    expect(await engine.result(runId)).toBe(winner);
  });

  test("that comes before the code waits is kept", async () => {
    const mailed: string[] = [];
    const early = workflow("early", async () => {
      const reply = hook("reply");
      await step("mail", async (token: string) => void mailed.push(token))(reply.token);
      await sleep("1h");
      return await reply;
    });
    const engine = createEngine({ workflows: [early] });
    const { runId } = await engine.start(early);
    await engine.settle();
    expect(mailed).toHaveLength(1);
    expect(await tokenOf(engine, runId)).toBe(mailed[0]);
    await engine.resumeHook(String(mailed[0]), "soon");
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe("soon");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "hook.created",
      "step.started mail",
      "step.completed mail",
      "sleep.started",
      "hook.received",
      "sleep.completed",
      "workflow.completed",
    ]);
  });

  test("that comes before anything was recorded of the hook is kept, and the hook recorded", async () => {
    let token = "";
    const hasty = workflow("hasty", async () => {
      const reply = hook("reply", { timeout: "1d" });
      ({ token } = reply);
      return await Promise.race([reply, sleep("2d")]);
    });
    const engine = createEngine({ workflows: [hasty], unawaited: "refuse" });
    const { runId } = await engine.start(hasty);
    const key = await engine.store.runs.get(runId, engine.clock.now());
    const { hookToken } = await import("../../src/engine/replay/hook-token.ts");
    if (!key) throw new Error("the run is gone");
    await engine.resumeHook(hookToken(key, 0), "at once");
    expect(token).toBe(hookToken(key, 0));
    expect(await engine.result(runId)).toBe("at once");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "hook.created",
      "sleep.started",
      "hook.received",
      "sleep.cancelled",
      "workflow.completed",
    ]);
  });

  test("brings its run forward though the message of that is lost with its sender", async () => {
    const engine = createEngine({ workflows: [approval] });
    const { runId } = await engine.start(approval);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    const sender = createPlainEngine({
      workflows: [approval],
      store: world.store,
      scheduler: { send: () => Promise.reject(new Error("the queue is down")) },
      clock: engine.clock,
      logger: silent,
    });
    await sender.resumeHook(token, { approved: true });
    expect((await engine.getRun(runId)).status).toBe("suspended");
    await engine.clock.advance("1m");
    expect((await engine.getRun(runId)).status).toBe("completed");
  });

  test("and a cancel that comes with it are told what the log says", async () => {
    const any = workflow("any", async () => {
      const [first] = await Promise.all([hook("any", { timeout: "2h" }), sleep("1h")]);
      return first;
    });
    const engine = createEngine({ workflows: [any] });
    const other = createEngine({ workflows: [any] });
    const runs = await Promise.all(Array.from({ length: 6 }, () => engine.start(any)));
    await engine.settle();
    for (const [index, { runId }] of runs.entries()) {
      const token = await tokenOf(engine, runId);
      const resume = () => other.resumeHook(token, index);
      const cancel = () => engine.cancel(runId);
      const asked = index % 2 === 0 ? [resume(), cancel()] : [cancel(), resume()];
      const outcomes = await Promise.allSettled(asked);
      await engine.clock.advance("1m");
      const resumed = outcomes[index % 2 === 0 ? 0 : 1];
      const story = await storyOf(engine, runId);
      expect(story.includes("hook.received")).toBe(resumed?.status === "fulfilled");
      if (resumed?.status === "rejected") {
        expect(resumed.reason).toMatchObject({ code: "hook.expired", reason: "cancelled" });
      }
      expect((await engine.getRun(runId)).status).toBe("cancelled");
    }
  });

  test("that comes again by the same id is a success, also when its run has ended", async () => {
    const any = workflow("any", async () => await hook("any"));
    const engine = createEngine({ workflows: [any] });
    const { runId } = await engine.start(any);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    const again = { deliveryId: "delivery 1" };
    await engine.resumeHook(token, "once", again);
    expect(await engine.resumeHook(token, "once", again)).toEqual({ runId });
    await expect(
      engine.resumeHook(token, "other", { deliveryId: "delivery 2" }),
    ).rejects.toBeInstanceOf(HookAlreadyReceivedError);
    expect(await engine.result(runId)).toBe("once");
    expect(await engine.resumeHook(token, "once", again)).toEqual({ runId });
    await expect(engine.resumeHook(token, "once")).rejects.toBeInstanceOf(RunEndedError);
    await expect(engine.resumeHook(token, "once", { deliveryId: "" })).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    const { events } = await engine.getEvents(runId);
    expect(events.filter(({ type }) => type === "hook.received")).toHaveLength(1);
    expect(events.find(({ type }) => type === "hook.received")).not.toHaveProperty("delivery");
  });

  test("is taken by a process that last knew the run before it asked", async () => {
    const asks = workflow("asks", async () => {
      await hook("first");
      await step("between", async () => {})();
      return await hook("second");
    });
    const engine = createEngine({ workflows: [asks] });
    const other = createEngine({ workflows: [asks] });
    const { runId } = await engine.start(asks);
    await engine.settle();
    // The other process keeps what it reads here.
    await other.turn({ runId });
    await engine.resumeHook(await tokenOf(engine, runId), 1);
    await engine.settle();
    await other.resumeHook(await tokenOf(engine, runId), 2);
    expect(await other.result(runId)).toBe(2);
  });

  test("wakes a run whose code is deployed there, and is refused where it is not", async () => {
    const engine = createEngine({ workflows: [approval] });
    const elsewhere = createEngine({ workflows: [] });
    const { runId } = await engine.start(approval);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    await expect(elsewhere.resumeHook(token, { approved: true })).rejects.toBeInstanceOf(
      WorkflowNotFoundError,
    );
    const cold = createEngine({ workflows: [approval], replay: "cold" });
    await cold.resumeHook(token, { approved: true });
    expect(await cold.result(runId)).toBe(true);
  });
});

describeOnEachStore("a hook's timeout", ({ createEngine }) => {
  const patient = workflow("patient", async () => {
    try {
      return await hook<string>("reply", { timeout: "2d" });
    } catch (error) {
      if (!(error instanceof HookTimeoutError)) throw error;
      return `${error.hook} timed out`;
    }
  });

  test("rejects what waits for it, and tells late senders", async () => {
    const engine = createEngine({ workflows: [patient] });
    const { runId } = await engine.start(patient);
    await engine.settle();
    const [open] = await engine.hooks(runId);
    expect(open?.expiresAt).toEqual(new Date(engine.clock.now() + 2 * 86_400_000));
    const head = await engine.store.runs.get(runId, engine.clock.now());
    expect(head).toMatchObject({ status: "suspended", dueAt: open?.expiresAt?.getTime() });
    await engine.clock.advance("2d");
    expect(await engine.result(runId)).toBe("reply timed out");
    await expect(engine.resumeHook(String(open?.token), "late")).rejects.toBeInstanceOf(
      RunEndedError,
    );
  });

  test("is over for a sender only once it is in the log", async () => {
    const long = workflow("long", async () => {
      const reply = hook<string>("reply", { timeout: "1h" });
      const told = reply.then(
        (text) => text,
        () => "nothing",
      );
      await sleep("3h");
      return await told;
    });
    const engine = createEngine({ workflows: [long] });
    const { runId } = await engine.start(long);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    await engine.clock.advance("2h");
    const refused = engine.resumeHook(token, "late");
    await expect(refused).rejects.toBeInstanceOf(HookExpiredError);
    await expect(refused).rejects.toMatchObject({ runId, hook: "reply", reason: "timeout" });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe("nothing");
  });

  test("is not over while nothing has recorded it: then the payload wins", async () => {
    const engine = createEngine({ workflows: [patient] });
    const { runId } = await engine.start(patient);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    const later = createEngine({
      workflows: [patient],
      now: new Date(engine.clock.now() + 3 * 86_400_000),
    });
    await later.resumeHook(token, "late, and welcome");
    expect(await later.result(runId)).toBe("late, and welcome");
    expect(await storyOf(later, runId)).not.toContain("hook.expired");
  });

  test("races with a sleep, a step and other hooks", async () => {
    const race = workflow("race", async () => {
      const first = await Promise.race([hook("a"), hook("b"), sleep("1h").then(() => "slept")]);
      const second = await Promise.race([
        hook("a"),
        step("quick", async () => "stepped")(),
        sleep("1h"),
      ]);
      const third = await Promise.race([hook("a"), sleep("1h").then(() => "slept")]);
      return [first, second, third];
    });
    const engine = createEngine({ workflows: [race] });
    const { runId } = await engine.start(race);
    await engine.settle();
    const [, b] = await engine.hooks(runId);
    await engine.resumeHook(String(b?.token), "by b");
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toEqual(["by b", "stepped", "slept"]);
  });

  test("counts in a loop from each call on", async () => {
    const loop = workflow("loop", async () => {
      const heard: unknown[] = [];
      for (let round = 0; round < 4; round += 1) {
        heard.push(await hook("again", { timeout: "1h" }).then(null, () => "silence"));
      }
      return heard;
    });
    const engine = createEngine({ workflows: [loop] });
    const { runId } = await engine.start(loop);
    const tokens = new Set<string>();
    for (const round of [0, 1, 2, 3]) {
      await engine.settle();
      const token = await tokenOf(engine, runId);
      tokens.add(token);
      if (round % 2 === 0) await engine.clock.advance("1h");
      else await engine.resumeHook(token, round);
    }
    expect(await engine.result(runId)).toEqual(["silence", 1, "silence", 3]);
    expect(tokens.size).toBe(4);
  });
});

describeOnEachStore("a token", ({ createEngine }) => {
  test("is the same at every replay, in a URL as it is, and of one hook", async () => {
    const seen: string[] = [];
    const replayed = workflow("replayed", async () => {
      const [one, two] = [hook("x"), hook("x")];
      seen.push(one.token, two.token);
      return await Promise.all([one, two]);
    });
    const engine = createEngine({ workflows: [replayed] });
    const runId = `order/ü?#%2F ${"x".repeat(200)} ${Math.random()}`;
    await engine.start(replayed, undefined, { runId });
    await engine.settle();
    const [one, two] = await engine.hooks(runId);
    const cold = createEngine({ workflows: [replayed], replay: "cold" });
    await cold.resumeHook(String(two?.token), "second");
    await cold.settle();
    await cold.resumeHook(String(one?.token), "first");
    expect(await cold.result(runId)).toEqual(["first", "second"]);
    expect(new Set(seen)).toEqual(new Set([one?.token, two?.token]));
    for (const token of seen) {
      expect(token).toMatch(/^[\w.-]+$/);
      expect(encodeURIComponent(token)).toBe(token);
    }
  });

  test("that nobody has made is of no hook, whatever it looks like", async () => {
    const engine = createEngine({ workflows: [approval] });
    const { runId } = await engine.start(approval);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    const [id, command, proof = ""] = token.split(".");
    const forged = [
      "",
      "token",
      `${id}.${command}`,
      `${id}.1.${proof}`,
      `${id}.00.${proof}`,
      `${id}.${command}.${proof.slice(1)}${proof.slice(0, 1)}`,
      `${Buffer.from("run_other").toString("base64url")}.${command}.${proof}`,
      `${token}=`,
      token.toUpperCase(),
      undefined,
      {},
    ];
    for (const each of forged) {
      await expect(engine.resumeHook(each as string, { approved: true })).rejects.toBeInstanceOf(
        HookNotFoundError,
      );
    }
    expect((await engine.getEvents(runId)).events).toHaveLength(2);
    await engine.resumeHook(token, { approved: true });
    expect(await engine.result(runId)).toBe(true);
  });

  test("of what is no hook is of none, whatever has become of its run", async () => {
    const gate = createGate();
    const work = workflow("work", async () => {
      await step("hold", () => gate.pass())();
      await step("then", async () => {})();
    });
    const engine = createEngine({ workflows: [work] });
    const { runId } = await engine.start(work);
    await engine.settle();
    const head = await engine.store.runs.get(runId, engine.clock.now());
    // Such as code may ask for in what it was shown and what then came otherwise.
    const tokens = [0, 1, 2].map((command) =>
      hookToken(head ?? { runId, incarnation: "" }, command),
    );
    const refused = async () => {
      for (const token of tokens) {
        await expect(engine.resumeHook(token, "any")).rejects.toBeInstanceOf(HookNotFoundError);
      }
    };
    await refused();
    await engine.cancel(runId);
    await refused();
    gate.open();
    await engine.settle();
  });

  test("of a run is none of another with the same id", async () => {
    const engine = createEngine({ workflows: [approval] });
    const { runId } = await engine.start(approval);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    await engine.terminate(runId);
    await expect(engine.resumeHook(token, { approved: true })).rejects.toBeInstanceOf(
      RunEndedError,
    );
    await engine.clock.advance(engine.store.retentionMs + 1000);
    await engine.start(approval, undefined, { runId });
    await engine.settle();
    await expect(engine.resumeHook(token, { approved: true })).rejects.toBeInstanceOf(
      HookNotFoundError,
    );
    await engine.resumeHook(await tokenOf(engine, runId), { approved: true });
    expect(await engine.result(runId)).toBe(true);
  });
});

describeOnEachStore("a cancellation", ({ createEngine }) => {
  const cleaned: string[] = [];
  const guarded = workflow("guarded", async () => {
    try {
      return await hook("approval");
    } catch (error) {
      if (isCancellation(error)) {
        await shield(step("clean", async () => void cleaned.push("up")));
      }
      throw error;
    }
  });

  test("wakes what waits for a hook, and late senders are told", async () => {
    const engine = createEngine({ workflows: [guarded] });
    const { runId } = await engine.start(guarded);
    await engine.settle();
    const token = await tokenOf(engine, runId);
    await engine.cancel(runId, { reason: "no longer wanted" });
    const refused = engine.resumeHook(token, "late");
    await expect(refused).rejects.toBeInstanceOf(HookExpiredError);
    await expect(refused).rejects.toMatchObject({ reason: "cancelled", hook: "approval" });
    expect(await engine.hooks(runId)).toEqual([]);
    await engine.settle();
    expect(cleaned).toEqual(["up"]);
    cleaned.length = 0;
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "hook.created",
      "cancellation.requested",
      "hook.cancelled",
      "cancellation.delivered",
      "step.started clean",
      "step.completed clean",
      "workflow.cancelled",
    ]);
    expect((await engine.getRun(runId)).cancellation).toMatchObject({
      checkpoint: "hook approval",
    });
    const ended = engine.resumeHook(token, "later still");
    await expect(ended).rejects.toBeInstanceOf(RunEndedError);
    await expect(ended).rejects.toMatchObject({ status: "cancelled", reason: "no longer wanted" });
  });

  test("lands where the code waits, and rejects hooks that it does not wait for yet", async () => {
    const told: unknown[] = [];
    const unawaited = workflow("unawaited", async () => {
      const reply = hook("reply");
      try {
        await sleep("1h");
      } finally {
        told.push(await reply.then(null, isCancellation));
      }
    });
    const engine = createEngine({ workflows: [unawaited] });
    const { runId } = await engine.start(unawaited);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    const { status, cancellation } = await engine.getRun(runId);
    expect({ status, checkpoint: cancellation?.checkpoint }).toEqual({
      status: "cancelled",
      checkpoint: "sleep",
    });
    expect(new Set(told)).toEqual(new Set([true]));
  });

  test("rejects what is asked for after it, and its sender is told", async () => {
    let token = "";
    const late = workflow("late", async () => {
      try {
        await sleep("1h");
      } catch {
        const reply = hook("reply");
        ({ token } = reply);
        await shield(() => sleep("1m"));
        await reply;
      }
    });
    const engine = createEngine({ workflows: [late] });
    const { runId } = await engine.start(late);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    await expect(engine.resumeHook(token, 1)).rejects.toMatchObject({
      code: "hook.expired",
      reason: "cancelled",
    });
    await engine.clock.advance("1m");
    expect((await engine.getRun(runId)).status).toBe("cancelled");
  });

  test("is held up by a hook in a shield, which still takes its payload", async () => {
    const shielded = workflow("shielded", async () => {
      const reply = await shield(() => hook("reply"));
      await sleep("1h");
      return reply;
    });
    const engine = createEngine({ workflows: [shielded] });
    const { runId } = await engine.start(shielded);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect((await engine.getRun(runId)).cancellation).not.toHaveProperty("deliveredAt");
    await engine.resumeHook(await tokenOf(engine, runId), "at last");
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "sleep" },
    });
  });
});

describeOnEachStore("a hook", ({ createEngine }) => {
  test("is recorded with the next thing that the code does, at no write of its own", async () => {
    const plain = workflow("plain", async () => {
      await step("one", async () => {})();
      await step("two", async () => {})();
      return "done";
    });
    const hooked = workflow("hooked", async () => {
      const first = hook("first");
      await step("one", async (_: string) => {})(first.token);
      const second = hook("second");
      await step("two", async (_: string) => {})(second.token);
      return "done";
    });
    const engine = createEngine({ workflows: [plain, hooked] });
    const entries = async (which: typeof plain | typeof hooked): Promise<number> => {
      const { runId } = await engine.start(which as typeof plain);
      expect(await engine.result(runId)).toBe("done");
      const head = await engine.store.runs.get(runId, engine.clock.now());
      return head ? (await loadLog(engine.store, head)).length : 0;
    };
    expect(await entries(hooked)).toBe(await entries(plain));
  });

  test("that is open when its run ends is cancelled there", async () => {
    const open = workflow("open", async () => {
      const reply = hook("reply");
      await step("mail", async (_: string) => {})(reply.token);
    });
    const engine = createEngine({ workflows: [open], unawaited: "refuse" });
    const { runId } = await engine.start(open);
    await engine.settle();
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "hook.created",
      "step.started mail",
      "step.completed mail",
      "hook.cancelled",
      "workflow.completed",
    ]);
  });

  test("alone is nothing to wait for: code that awaits something foreign is at fault", async () => {
    const foreign = workflow("foreign", async () => {
      const reply = hook("reply");
      await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      return await reply;
    });
    const engine = createEngine({ workflows: [foreign] });
    const { runId } = await engine.start(foreign);
    await engine.settle();
    expect((await engine.getRun(runId)).problem).toMatchObject({ code: "workflow.foreignAwait" });
  });

  test("whose rejection nobody awaits yet ends no process", async () => {
    const forgetful = workflow("forgetful", async () => {
      const reply = hook("reply", { timeout: "1m" });
      await sleep("1h");
      return await reply.then(null, () => "too late");
    });
    const engine = createEngine({ workflows: [forgetful] });
    const { runId } = await engine.start(forgetful);
    await engine.clock.advance("2h");
    expect(await engine.result(runId)).toBe("too late");
  });

  test("is refused in a step, outside of a workflow, and where it makes no sense", async () => {
    const inStep = workflow("in-step", async () => {
      await step("ask", async () => void (await hook("reply")), { retries: 0 })();
    });
    const engine = createEngine({ workflows: [inStep] });
    const { runId } = await engine.start(inStep);
    await expect(engine.result(runId)).rejects.toMatchObject({
      cause: expect.any(ConfigurationError),
    });
    expect(() => hook("reply")).toThrow(ConfigurationError);
    expect(() => hook("")).toThrow(ConfigurationError);
    expect(() => hook("reply", { schema: {} as never })).toThrow(ConfigurationError);
    expect(() => hook("reply", { timeout: "soon" })).toThrow(InvalidInputError);
  });

  test("logs what the code does with its payload once", async () => {
    const lines: string[] = [];
    const { getContext } = await import("../../src/index.ts");
    const telling = workflow("telling", async () => {
      const reply = await hook("reply");
      getContext().logger.info(`heard ${reply}`);
      await sleep("1s");
      return reply;
    });
    const note = (message: string): void => void lines.push(message);
    const logger = { debug() {}, info: note, warn() {}, error() {}, child: () => logger };
    const engine = createEngine({ workflows: [telling], logger });
    const { runId } = await engine.start(telling);
    await engine.settle();
    await engine.resumeHook(await tokenOf(engine, runId), "you");
    await engine.clock.advance("1s");
    expect(await engine.result(runId)).toBe("you");
    expect(lines).toEqual(["heard you"]);
  });
});
