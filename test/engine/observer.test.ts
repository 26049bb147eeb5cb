/** The clauses of the port: what an observer is told, and that it cannot disturb anything. */
import { AsyncLocalStorage } from "node:async_hooks";
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Observation, ObservedAttempt, Observer } from "../../src/engine/index.ts";
import {
  FatalError,
  getContext,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { collectLogs } from "./collected-logs.ts";
import { createGate } from "./gate.ts";
import { createHandHeld } from "./hand-held.ts";
import { countCalls, losingAnswers } from "./watched-store.ts";
import { whileTimePasses } from "./while-time-passes.ts";

/** An observer that keeps what it is told. */
function createWitness(): Observer & { told: Observation[]; attempts: ObservedAttempt[] } {
  const told: Observation[] = [];
  const attempts: ObservedAttempt[] = [];
  return {
    told,
    attempts,
    notify: (observation) => void told.push(observation),
    attempt(attempt) {
      attempts.push(attempt);
      return undefined;
    },
  };
}

function lines(told: readonly Observation[]): string[] {
  return told
    .filter(({ type }) => type !== "run.pickedUp")
    .map((each) => {
      const { type } = each;
      const place = "step" in each ? [`${each.step}#${each.attempt}`] : [];
      return [type, ...place, ...("status" in each ? [each.status] : [])].join(" ");
    });
}

describe("an observer", () => {
  it("is told of a run what its log says, once and in its order (O1)", async () => {
    const witness = createWitness();
    const gate = createGate();
    let tries = 0;
    const charge = step("charge", async () => {
      tries += 1;
      if (tries === 1) throw new Error("busy");
      await gate.pass();
    });
    const refund = step("refund", async () => {});
    const order = workflow("order", async () => {
      try {
        await charge();
        await sleep("1h");
      } catch (error) {
        if (isCancellation(error)) await shield(() => refund());
        throw error;
      }
    });
    const engine = createTestEngine({ workflows: [order], observer: witness, replay: "cold" });
    const { runId } = await engine.start(order, undefined, { idempotencyKey: "1" });
    await engine.start(order, undefined, { idempotencyKey: "1" });
    await engine.clock.advance("2m");
    await engine.cancel(runId, { reason: "enough", requestedBy: "alice" });
    await engine.cancel(runId);
    gate.open();
    await engine.clock.advance("1m");
    await Promise.all([engine.turn({ runId }), engine.turn({ runId }), engine.sweep()]);

    // A cold replay for each call: the turn and the request do not know of each other.
    const told = lines(witness.told).filter((line) => line !== "append.conflict");
    expect(told).toEqual([
      "run.started",
      "step.retrying charge#1",
      "cancellation.requested",
      "step.ended charge#2 completed",
      "cancellation.delivered",
      "step.ended refund#1 completed",
      "run.ended cancelled",
    ]);
    expect(witness.attempts.map(({ step, attempt }) => `${step}#${attempt}`)).toEqual([
      "charge#1",
      "charge#2",
      "refund#1",
    ]);
    const { cancellation } = await engine.getRun(runId);
    expect(witness.told.at(-1)).toMatchObject({
      type: "run.ended",
      cancellation: {
        reason: "enough",
        requestedBy: "alice",
        requestedAt: cancellation?.requestedAt.getTime(),
        deliveredAt: cancellation?.deliveredAt?.getTime(),
        checkpoint: "sleep",
        cleanup: { steps: 1, finished: true },
      },
    });
  });

  it("is told of a run that is cancelled before its code ran, and of one that is terminated", async () => {
    const witness = createWitness();
    const order = workflow("order", () => sleep("1h"));
    const { engine } = createHandHeld([order], { observer: witness });
    const one = await engine.start(order);
    await engine.cancel(one.runId);
    const other = await engine.start(order);
    await engine.terminate(other.runId);
    await engine.terminate(other.runId);
    expect(lines(witness.told)).toEqual([
      "run.started",
      "cancellation.requested",
      "cancellation.delivered",
      "run.ended cancelled",
      "run.started",
      "run.ended terminated",
    ]);
    expect(witness.told.filter(({ type }) => type === "run.pickedUp")).toEqual([]);
  });

  it("is told once what was written once, though the answer to it was lost (O1)", async () => {
    const witness = createWitness();
    const part = step("part", async (_: number) => {});
    const order = workflow("order", async () => {
      await part(0);
      await Promise.all([part(1), part(2)]);
      await sleep("1h");
    });
    const store = losingAnswers(createMemoryStore());
    const engine = createTestEngine({ workflows: [order], store, observer: witness });
    const { runId } = await whileTimePasses(engine.clock, engine.start(order));
    await engine.clock.advance("1m");
    await whileTimePasses(engine.clock, engine.cancel(runId));
    await engine.clock.advance("1m");
    expect(lines(witness.told).sort()).toEqual([
      "cancellation.delivered",
      "cancellation.requested",
      "run.ended cancelled",
      "run.started",
      "step.ended part#1 completed",
      "step.ended part#1 completed",
      "step.ended part#1 completed",
    ]);
    expect(witness.attempts).toHaveLength(3);
  });

  it("is told of a lost race by the one who lost it", async () => {
    const [one, other] = [createWitness(), createWitness()];
    const order = workflow("order", () => sleep("1h"));
    const store = createMemoryStore();
    const first = createHandHeld([order], { store, observer: one });
    const second = createHandHeld([order], { store, observer: other });
    const { runId } = await first.engine.start(order);
    await second.engine.turn({ runId });
    await first.engine.turn({ runId });
    expect(lines(other.told)).toEqual([]);
    expect(lines(one.told)).toEqual(["run.started", "append.conflict"]);
  });

  it("is told nothing of a payload, nor what an error says (O3)", async () => {
    const SECRET = "4111-1111";
    const witness = createWitness();
    const outcomes: unknown[] = [];
    const observer: Observer = {
      ...witness,
      attempt: (attempt) => {
        witness.attempts.push(attempt);
        return { run: (call) => call(), ended: (outcome) => outcomes.push(outcome) };
      },
    };
    const fail = step(
      "fail",
      async () => {
        throw Object.assign(new TypeError(SECRET, { cause: new Error(SECRET) }), {
          code: 14,
          card: SECRET,
        });
      },
      { retries: 1 },
    );
    const fatal = step("fatal", async () => {
      throw new FatalError(SECRET);
    });
    const odd = step(
      "odd",
      async () => {
        throw SECRET;
      },
      { retries: 0 },
    );
    const order = workflow("order", async (input: string) => {
      await step("echo", async (text: string) => text)(input);
      for (const each of [fail, fatal, odd]) await each().catch(() => {});
      throw new RangeError(SECRET);
    });
    const { logger, lines: logged } = collectLogs();
    const engine = createTestEngine({ workflows: [order], observer, logger });
    await engine.start(order, SECRET, { tags: [SECRET] });
    await engine.clock.advance("1h");
    expect(logged).toEqual([]);
    const all = JSON.stringify([witness.told, witness.attempts, outcomes]);
    expect(all).not.toContain(SECRET);
    expect(outcomes).toMatchObject([
      { outcome: "completed" },
      { outcome: "failed", error: { name: "TypeError", code: "14" } },
      { outcome: "failed", error: { name: "TypeError", code: "14" } },
      { outcome: "failed", error: { name: "FatalError", code: "step.fatal" } },
      { outcome: "failed", error: { name: "NonErrorThrownError", code: "step.threwNonError" } },
    ]);
    expect(witness.told.at(-1)).toMatchObject({ status: "failed", error: { name: "RangeError" } });
    for (const { run } of witness.told) {
      const known = ["createdAt", "incarnation", "runId", "version", "workflow"];
      expect(Object.keys(run).sort()).toEqual(known);
    }
  });

  it("is called in the async context of the invocation (O4)", async () => {
    const invocation = new AsyncLocalStorage<string>();
    const seen = new Map<string, Set<string | undefined>>();
    const see = (what: string): void => {
      seen.set(what, (seen.get(what) ?? new Set()).add(invocation.getStore()));
    };
    const observer: Observer = {
      notify: ({ type }) => see(type),
      attempt() {
        see("attempt");
        return undefined;
      },
    };
    const gate = createGate();
    const work = step("work", () => gate.pass());
    const order = workflow("order", async () => {
      await work();
      await sleep("1m");
    });
    const { engine } = createHandHeld([order], { observer });
    const { runId } = await invocation.run("request", () => engine.start(order));
    const turn = invocation.run("turn", () => engine.turn({ runId }));
    await expect.poll(() => gate.reached).toBe(1);
    await invocation.run("cancel", () => engine.cancel(runId));
    gate.open();
    await turn;
    expect(Object.fromEntries(seen)).toEqual({
      "run.started": new Set(["request"]),
      "run.pickedUp": new Set(["turn"]),
      attempt: new Set(["turn"]),
      "cancellation.requested": new Set(["cancel"]),
      "step.ended": new Set(["turn"]),
      "cancellation.delivered": new Set(["turn"]),
      "run.ended": new Set(["turn"]),
    });
  });

  it("is told of a pause and a resume, by whom and why, once and by who asked", async () => {
    const told: unknown[] = [];
    const observer: Observer = {
      notify: ({ type, at, run, ...more }) => {
        if (type === "run.paused" || type === "run.resumed") told.push({ type, ...more });
      },
    };
    const nap = workflow("nap", async () => await sleep("1h"));
    const { engine, another, deliverAll } = createHandHeld([nap], { observer });
    const { runId } = await engine.start(nap);
    await deliverAll();
    await engine.pause(runId, { reason: "rest", requestedBy: "alice" });
    await another().pause(runId, { reason: "again" });
    await deliverAll();
    await another().resume(runId);
    await engine.resume(runId);
    await deliverAll();
    expect(told).toEqual([
      { type: "run.paused", reason: "rest", requestedBy: "alice" },
      { type: "run.resumed" },
    ]);
  });

  it.each<[string, Observer]>([
    [
      "throws whatever it is told",
      {
        notify() {
          throw new Error("broken");
        },
        attempt() {
          throw new Error("broken");
        },
      },
    ],
    [
      "throws about an attempt",
      {
        attempt: () => ({
          run() {
            throw new Error("broken");
          },
          ended() {
            throw new Error("broken");
          },
        }),
      },
    ],
    [
      "throws after it has run the code",
      {
        attempt: () => ({
          run(call) {
            call();
            throw new Error("broken");
          },
          ended() {},
        }),
      },
    ],
    [
      "rejects, as it is asynchronous",
      {
        notify: (async () => {
          throw new Error("broken");
        }) as () => void,
      },
    ],
    [
      "rejects with a promise of another realm",
      { notify: vm.runInNewContext('async () => { throw new Error("broken"); }') as () => void },
    ],
  ])("that %s changes nothing, and is logged once (O4)", async (_, observer) => {
    const { logger, lines: logged } = collectLogs();
    let ran = 0;
    const work = step("work", async () => {
      ran += 1;
      return getContext().attempt;
    });
    const order = workflow("order", async () => [await work(), await work()]);
    const engine = createTestEngine({ workflows: [order], observer, logger });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual([1, 1]);
    expect(ran).toBe(2);
    expect(logged).toMatchObject([
      {
        level: "warn",
        message: "An observer failed; what more it throws is not logged",
        fields: { error: { name: "Error", message: "broken" } },
      },
    ]);
  });

  it("that sees errors and throws them is logged without what they say (O3)", async () => {
    const { logger, lines: logged } = collectLogs();
    const observer: Observer = {
      seesErrors: true,
      attempt: () => ({
        run: (call) => call(),
        ended({ thrown }) {
          if (thrown) throw thrown;
        },
      }),
    };
    const fail = step("fail", async () => Promise.reject(new TypeError("card 4111")), {
      retries: 0,
    });
    const order = workflow("order", () => fail());
    const engine = createTestEngine({ workflows: [order], observer, logger });
    await engine.start(order);
    await engine.settle();
    const [line] = logged;
    expect(line).toMatchObject({ fields: { error: { name: "TypeError" } } });
    expect(JSON.stringify(logged)).not.toContain("4111");
  });

  it.each<[string, (call: () => void) => void]>([
    ["never", () => {}],
    ["twice", (call) => [call(), call()]],
    ["too late", (call) => void setImmediate(call)],
  ])("that runs a step's code %s gets it run once (O5)", async (_, run) => {
    let ran = 0;
    const work = step("work", async () => {
      ran += 1;
      await new Promise(setImmediate);
      return "done";
    });
    const order = workflow("order", async () => work());
    const observer: Observer = { attempt: () => ({ run, ended() {} }) };
    const engine = createTestEngine({ workflows: [order], observer });
    const { runId } = await engine.start(order);
    await engine.settle();
    expect(await engine.result(runId)).toBe("done");
    expect(ran).toBe(1);
  });

  it("may be one of several, each in its own context", async () => {
    const [outer, inner] = [new AsyncLocalStorage<string>(), new AsyncLocalStorage<string>()];
    const ended: string[] = [];
    const around = (storage: AsyncLocalStorage<string>, name: string): Observer => ({
      attempt: () => ({
        run: (call) => storage.run(name, call),
        ended: ({ outcome }) => void ended.push(`${name} ${outcome}`),
      }),
    });
    const order = workflow("order", () =>
      step("work", async () => [outer.getStore(), inner.getStore()])(),
    );
    const observer = [around(outer, "one"), createWitness(), around(inner, "two")];
    const engine = createTestEngine({ workflows: [order], observer });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual(["one", "two"]);
    expect(ended).toEqual(["one completed", "two completed"]);
  });

  it("costs no call of the store", async () => {
    const calls: Record<string, number>[] = [];
    for (const observer of [undefined, createWitness()]) {
      const counted = countCalls(createMemoryStore());
      const part = step("part", async () => {});
      const order = workflow("order", async () => {
        await part();
        await Promise.all([part(), part(), part()]);
        await sleep("1m");
      });
      const { store } = counted;
      const engine = createTestEngine({ workflows: [order], store, observer, random: () => 0.5 });
      const { runId } = await engine.start(order);
      await engine.clock.advance("30s");
      await engine.cancel(runId);
      await engine.clock.advance("10m");
      const { "runs.listDue": _, ...made } = counted.calls;
      calls.push(made);
    }
    expect(calls[1]).toEqual(calls[0]);
  });
});
