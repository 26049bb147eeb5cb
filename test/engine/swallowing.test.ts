import { expect, test } from "vitest";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createGate } from "./gate.ts";
import { storyOf } from "./story.ts";

async function neverGiveUp(): Promise<void> {
  for (;;) await sleep("1s").catch(() => {});
}

describeOnEachStore("a workflow that swallows cancellations", ({ createEngine }) => {
  test("in a loop is terminated", async () => {
    let rounds = 0;
    const order = workflow("order", async () => {
      for (; ; rounds += 1) await sleep("1s").catch(() => {});
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(rounds).toBeLessThan(20_000);
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "terminated", cancellation: { checkpoint: "sleep" } });
    await expect(engine.result(runId)).rejects.toThrow(/isCancellation/);
  });

  test("in a loop is terminated only when what it shields elsewhere is done", async () => {
    const gate = createGate();
    const done: string[] = [];
    const order = workflow("order", async () => {
      const critical = async (): Promise<void> => {
        await step("withdraw", () => gate.pass())();
        done.push("withdrawn");
        await step("deposit", async () => void done.push("deposited"))();
      };
      await Promise.all([sleep("1h").catch(() => shield(critical)), neverGiveUp()]);
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.clock.advance("1m");
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    gate.open();
    await engine.settle();
    expect(done).toEqual(["withdrawn", "deposited"]);
    expect((await storyOf(engine, runId)).slice(-2)).toEqual([
      "step.completed deposit",
      "workflow.terminated",
    ]);
  });

  test("in very many branches at once does so in no loop", async () => {
    const branches = 1500;
    const caught: unknown[] = [];
    const order = workflow("order", async () => {
      const branch = async (): Promise<void> => {
        await sleep("1h").catch(() => {});
        await step("after", async () => {})().catch((error: unknown) => caught.push(error));
      };
      await Promise.all(Array.from({ length: branches }, branch));
      return "done";
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "completed",
      cancellation: { swallowed: true },
    });
    expect(caught).toHaveLength(branches);
    expect(caught.every(isCancellation)).toBe(true);
  });

  test("with very many commands at once after the delivery does so in no loop", async () => {
    const width = 20_000;
    const reasons: unknown[] = [];
    const note = step("note", async () => {});
    const order = workflow("order", async () => {
      await sleep("1h").catch(() => {});
      for (let wave = 0; wave < 3; wave += 1) {
        const settled = await Promise.allSettled(Array.from({ length: width }, () => note()));
        for (const each of settled) if (each.status === "rejected") reasons.push(each.reason);
      }
      return "done";
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "completed",
      cancellation: { swallowed: true },
    });
    expect(reasons).toHaveLength(3 * width);
    expect(reasons.every(isCancellation)).toBe(true);
  });

  test("again and again, and does something between, does so in no loop", async () => {
    const note = step("note", async () => {});
    const order = workflow("order", async () => {
      await sleep("1h").catch(() => {});
      for (let wave = 0; wave < 3; wave += 1) {
        for (let time = 0; time < 4_000; time += 1) await sleep("1s").catch(() => {});
        await shield(() => note());
      }
      return "done";
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "completed",
      cancellation: { swallowed: true },
    });
  });

  test("in a loop of many branches is terminated", async () => {
    const order = workflow("order", async () => {
      for (;;) await Promise.allSettled(Array.from({ length: 500 }, () => sleep("1s")));
    });
    const engine = createEngine({ workflows: [order], replay: "live" });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "terminated" });
  });
});
