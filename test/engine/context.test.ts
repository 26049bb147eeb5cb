import { expect, test } from "vitest";
import { ConfigurationError, getContext, shield, sleep, step, workflow } from "../../src/index.ts";
import { collectLogs } from "./collected-logs.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";

describeOnEachStore("the context of a workflow", ({ createEngine }) => {
  test("says which run it is of", async () => {
    const order = workflow("order", async () => {
      const { runId, workflow, step, attempt, idempotencyKey, cancellation, signal } = getContext();
      const shown = { runId, workflow, step, attempt, idempotencyKey, cancellation };
      return { ...shown, aborted: signal.aborted };
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    expect(await engine.result(runId)).toEqual({
      runId,
      workflow: "order",
      step: undefined,
      attempt: undefined,
      idempotencyKey: runId,
      cancellation: undefined,
      aborted: false,
    });
  });

  test("tells of a cancellation from its delivery on, and nothing before", async () => {
    const gate = createGate();
    const seen: unknown[] = [];
    const order = workflow("order", async () => {
      const look = (): void => void seen.push(getContext().cancellation?.reason);
      try {
        await shield(() => step("pack", () => gate.pass())().then(look));
        await sleep("1h");
      } finally {
        look();
      }
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId, { reason: "enough" });
    gate.open();
    await engine.settle();
    expect(seen).toEqual([undefined, "enough"]);
  });

  test("follows the code through its async calls, and keeps two runs apart", async () => {
    const gates = [createGate(), createGate()];
    const ids: Record<number, string[]> = { 0: [], 1: [] };
    const note = async (which: number): Promise<void> => {
      await Promise.resolve();
      ids[which]?.push(getContext().runId);
    };
    const order = workflow("order", async (which: number) => {
      await note(which);
      await Promise.all([
        step("wait", () => gates[which]?.pass())().then(() => note(which)),
        shield(async () => {
          await sleep("1s");
          await note(which);
        }),
      ]);
      await note(which);
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const runs = [await engine.start(order, 0), await engine.start(order, 1)];
    await engine.settle();
    gates[1]?.open();
    await engine.clock.advance("2s");
    gates[0]?.open();
    await engine.clock.advance("2s");
    for (const [which, { runId }] of runs.entries()) {
      expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
      expect(ids[which]).toEqual([runId, runId, runId, runId]);
    }
  });

  test("tells the time of what the code saw last, the same at every replay", async () => {
    const times: number[][] = [];
    const order = workflow("order", async () => {
      const seen: number[] = [];
      const look = (): number => seen.push(getContext().now().getTime() - Date.UTC(2030, 0, 1));
      look();
      await step("charge", async () => sleep("5s"))();
      look();
      await sleep("1m");
      look();
      await step("ship", async () => {})();
      look();
      times.push(seen);
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    await engine.clock.advance("10s");
    const run = await engine.start(order);
    await engine.clock.advance("2m");
    await run.result();
    await engine.checkInvariants(run.runId);
    expect(times.length).toBeGreaterThan(1);
    for (const seen of times) expect(seen).toEqual([10_000, 15_000, 75_000, 75_000]);
  });

  test("has randomness that is the same at every replay and another in every run", async () => {
    const draws: Record<string, unknown[]> = {};
    const order = workflow("order", async () => {
      const { runId, random, uuid } = getContext();
      const drawn: unknown[] = [random(), uuid()];
      await step("charge", async () => {})();
      drawn.push(random(), uuid(), random());
      draws[runId] ??= [];
      draws[runId].push(drawn);
      return drawn;
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    const runs = [await engine.start(order), await engine.start(order)];
    await engine.settle();
    const other = createEngine({ workflows: [order] });
    const results: unknown[] = [];
    for (const { runId } of runs) {
      await other.checkInvariants(runId);
      const result = await engine.result(runId);
      results.push(result);
      expect(draws[runId]?.length).toBeGreaterThan(1);
      for (const drawn of draws[runId] ?? []) expect(drawn).toEqual(result);
    }
    const [first, second] = results as [number, string, number, string, number][];
    expect(new Set([...(first ?? []), ...(second ?? [])]).size).toBe(10);
    for (const [a, id, b, otherId, c] of [first, second].flatMap((drawn) =>
      drawn ? [drawn] : [],
    )) {
      for (const number of [a, b, c]) expect(number >= 0 && number < 1).toBe(true);
      for (const uuid of [id, otherId]) {
        expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      }
    }
  });

  test("has a logger that is silent while the log is replayed", async () => {
    const { logger, lines } = collectLogs();
    const order = workflow("order", async () => {
      const log = getContext().logger.child({ part: "billing" });
      log.info("begins");
      await step("charge", async () => {})();
      log.warn("charged", { total: 5 });
      await step("ship", async () => {})();
      log.info("ends");
    });
    const engine = createEngine({ workflows: [order], logger, replay: "cold" });
    const { runId } = await engine.start(order);
    await engine.settle();
    const fields = { runId, workflow: "order", part: "billing" };
    expect(lines).toEqual([
      { level: "info", message: "begins", fields },
      { level: "warn", message: "charged", fields: { ...fields, total: 5 } },
      { level: "info", message: "ends", fields },
    ]);
  });

  test("has a logger that is silent about what another engine wrote", async () => {
    const { logger, lines } = collectLogs();
    const order = workflow("order", async () => {
      const log = getContext().logger;
      for (let hour = 0; hour < 4; hour += 1) {
        await sleep("1h");
        log.info(`hour ${hour}`);
      }
    });
    const options = { workflows: [order], logger, replay: "live" } as const;
    const [here, there] = [createEngine(options), createEngine(options)];
    const { runId } = await here.start(order);
    await here.settle();
    await there.turn({ runId });
    await here.clock.advance("2h");
    await there.turn({ runId });
    await there.clock.advance("4h");
    await here.turn({ runId });
    expect(await here.getRun(runId)).toMatchObject({ status: "completed" });
    expect(lines.map(({ message }) => message)).toEqual(["hour 0", "hour 1", "hour 2", "hour 3"]);
  });

  test("is not there outside of workflows and steps", () => {
    expect(() => getContext()).toThrow(ConfigurationError);
    expect(() => getContext()).toThrow("outside of a workflow or step");
  });
});

describeOnEachStore("the context of a step", ({ createEngine }) => {
  test("says which step of which run it is of, and which attempt", async () => {
    const contexts: unknown[] = [];
    const look = step("look", async () => {
      const { runId, workflow, step, attempt, cancellation, signal } = getContext();
      contexts.push({ runId, workflow, step, attempt, cancellation });
      expect(signal).toBeInstanceOf(AbortSignal);
      if (attempt === 1) throw new Error("again");
    });
    const order = workflow("order", async () => look());
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1m");
    const fields = { runId, workflow: "order", step: "look", cancellation: undefined };
    expect(contexts).toEqual([
      { ...fields, attempt: 1 },
      { ...fields, attempt: 2 },
    ]);
  });

  test("has a key that stays through its attempts and differs between steps and runs", async () => {
    const keys: string[] = [];
    const flaky = step("charge", async () => {
      const { idempotencyKey, attempt } = getContext();
      expect(idempotencyKey).toBeTypeOf("string");
      keys.push(idempotencyKey);
      if (attempt === 1) throw new Error("again");
    });
    const order = workflow("order", async () => {
      await flaky();
      await flaky();
      await Promise.all([flaky(), flaky()]);
    });
    const engine = createEngine({ workflows: [order], replay: "cold" });
    await engine.start(order);
    await engine.start(order);
    await engine.clock.advance("1h");
    expect(keys).toHaveLength(16);
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    expect([...counts.values()]).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
  });

  test("has the real time, randomness and ids of its own", async () => {
    const look = step("look", async () => {
      const { now, random, uuid } = getContext();
      const before = now();
      await sleep("3s");
      return [now().getTime() - before.getTime(), random(), random(), uuid(), uuid()];
    });
    const order = workflow("order", async () => look());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.clock.advance("5s");
    const [elapsed, ...drawn] = await run.result();
    expect(elapsed).toBe(3000);
    expect(new Set(drawn).size).toBe(4);
  });

  test("has a logger that says where its lines come from", async () => {
    const { logger, lines } = collectLogs();
    const order = workflow("order", async () => {
      await step("charge", async () => getContext().logger.info("charging", { total: 5 }))();
    });
    const engine = createEngine({ workflows: [order], logger });
    const { runId } = await engine.start(order);
    await engine.settle();
    expect(lines).toEqual([
      {
        level: "info",
        message: "charging",
        fields: { runId, workflow: "order", step: "charge", attempt: 1, total: 5 },
      },
    ]);
  });

  test("belongs to the outer step in a step that is called inside it, but for its key", async () => {
    const inner = step("inner", async () => getContext());
    const outer = step("outer", async () => {
      const context = await inner();
      return [
        context.step,
        context.attempt,
        context.idempotencyKey === `${getContext().idempotencyKey}/inner/1`,
      ];
    });
    const order = workflow("order", async () => outer());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    expect(await run.result()).toEqual(["inner", 1, true]);
  });
});
