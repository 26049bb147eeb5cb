import { expect, test } from "vitest";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine as createPlainEngine } from "../../src/engine/index.ts";
import { shield, sleep, step, workflow } from "../../src/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { describeOnEachStore, silent } from "./each-store.ts";
import { around, shifting } from "./watched-store.ts";

const nap = workflow("nap", async () => sleep("1h"));
const quick = workflow("quick", async () => "done");

/** What is new is not in the lists before they were read so many times. */
function lagging(store: Store, readings: number): Store {
  let left = readings;
  return around(store, async (name, call) => {
    const answer = await call();
    if (name !== "runs.list" || left-- <= 0) return answer;
    return { runs: [] };
  });
}

describeOnEachStore("cancelAll", (world) => {
  const { createEngine } = world;
  test("cancels every unended run that fits, and answers each", async () => {
    const engine = createEngine({ workflows: [nap, quick] });
    const tags = ["all"];
    const asleep = [
      await engine.start(nap, undefined, { tags }),
      await engine.start(nap, undefined, { tags }),
    ];
    const done = await engine.start(quick, undefined, { tags });
    await engine.settle();
    const pending = await engine.start(nap, undefined, { tags });
    const other = await engine.start(nap);
    const answers = new Map<string, string>();
    for await (const { runId, outcome, status } of engine.cancelAll(
      { tag: "all", workflow: "nap" },
      { reason: "closing", requestedBy: "alice" },
    )) {
      answers.set(runId, `${outcome} ${status}`);
    }
    expect(answers).toEqual(
      new Map([
        ...asleep.map(({ runId }) => [runId, "requested cancelling"] as const),
        [pending.runId, "requested cancelled"],
      ]),
    );
    await engine.settle();
    for (const { runId } of [...asleep, pending]) {
      expect(await engine.getRun(runId)).toMatchObject({
        status: "cancelled",
        cancellation: { reason: "closing", requestedBy: "alice" },
      });
    }
    expect(await engine.getRun(done.runId)).toMatchObject({ status: "completed" });
    expect((await engine.getRun(other.runId)).cancellation).toBeUndefined();
  });

  test("can be narrowed to a status, and answers nothing for runs that have ended", async () => {
    const engine = createEngine({ workflows: [nap, quick] });
    const tags = ["by-status"];
    const asleep = await engine.start(nap, undefined, { tags });
    await engine.start(quick, undefined, { tags });
    await engine.settle();
    const pending = await engine.start(nap, undefined, { tags });
    const ids = async (status: "pending" | "completed" | "suspended"): Promise<string[]> => {
      const found: string[] = [];
      for await (const { runId } of engine.cancelAll({ tag: "by-status", status })) {
        found.push(runId);
      }
      return found;
    };
    expect(await ids("completed")).toEqual([]);
    expect(await ids("pending")).toEqual([pending.runId]);
    expect(await ids("suspended")).toEqual([asleep.runId]);
  });

  test("cancels more runs than fit a page, each once", async () => {
    const engine = createEngine({ workflows: [nap] });
    await Promise.all(
      Array.from({ length: 60 }, () => engine.start(nap, undefined, { tags: ["many"] })),
    );
    const ids: string[] = [];
    for await (const { runId } of engine.cancelAll({ tag: "many" })) ids.push(runId);
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
  });

  test("asks every run, also behind one that takes longer than it is waited for", async () => {
    const slow = workflow("slow", async () => {
      try {
        await sleep("1h");
      } catch (error) {
        await shield(() => sleep("1h"));
        throw error;
      }
    });
    const engine = createEngine({ workflows: [slow, nap] });
    const tags = ["slow"];
    const runs = [await engine.start(nap, undefined, { tags })];
    // They are asked in the order of their times: one before the slow one, and one behind it.
    for (const each of [slow, nap]) {
      await engine.clock.advance("1s");
      runs.push(await engine.start(each, undefined, { tags }));
    }
    await engine.settle();
    const ended: string[] = [];
    const all = (async () => {
      const answers = engine.cancelAll({ tag: "slow" }, { wait: true, timeout: "1s" });
      for await (const { runId, status } of answers) ended.push(`${runId} ${status}`);
    })();
    const outcome = expect(all).rejects.toMatchObject({ code: "timeout" });
    for (let second = 0; second < 5; second += 1) await engine.clock.advance("1s");
    await outcome;
    const [first, , last] = runs.map(({ runId }) => `${runId} cancelled`);
    expect(new Set(ended)).toEqual(new Set([first, last]));
    expect((await engine.getRun(runs[1]?.runId ?? "")).status).toBe("cancelling");
  });

  test("asks runs that are never in the status that is just looked for", async () => {
    const store = shifting(world.store);
    const engine = createEngine({ workflows: [nap], store });
    const tags = ["shifting"];
    const runs = [
      await engine.start(nap, undefined, { tags }),
      await engine.start(nap, undefined, { tags }),
    ];
    await engine.settle();
    const asked: string[] = [];
    for await (const { runId } of engine.cancelAll({ tag: "shifting" })) asked.push(runId);
    expect(asked.sort()).toEqual(runs.map(({ runId }) => runId).sort());
  });

  test("asks runs that an index does not show at once", async () => {
    const engine = createEngine({ workflows: [nap], store: lagging(world.store, 1) });
    const run = await engine.start(nap, undefined, { tags: ["lagging"] });
    const asked: string[] = [];
    for await (const { runId } of engine.cancelAll({ tag: "lagging" })) asked.push(runId);
    expect(asked).toEqual([run.runId]);
  });

  test("refuses a bad filter, and one that it does not know, before it asks anybody", async () => {
    const engine = createEngine({ workflows: [nap] });
    const all = engine.cancelAll({ status: "asleep" as never });
    await expect(all[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "input.invalid",
    });
    const run = await engine.start("nap");
    const mistaken = engine.cancelAll({ tags: ["none"] } as never);
    await expect(mistaken[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: ["tags"] }],
    });
    expect((await engine.getRun(run.runId)).cancellation).toBeUndefined();
  });
});

test("cancelAll asks every run that goes on, while all of them go from running to suspended and back", async () => {
  const busy = workflow("busy", async () => {
    for (;;) {
      await step("work", () => new Promise((resolve) => setTimeout(resolve, 120)))();
      await sleep(120);
    }
  });
  const scheduler = createLocalScheduler({ concurrency: 40 });
  const store = createMemoryStore();
  const engine = createPlainEngine({ workflows: [busy], store, scheduler, logger: silent });
  scheduler.start(engine);
  try {
    for (let round = 0; round < 3; round += 1) {
      const started = Array.from({ length: 40 }, () => engine.start(busy));
      const ids = (await Promise.all(started)).map(({ runId }) => runId);
      await new Promise((resolve) => setTimeout(resolve, 100 + round * 70));
      const asked: string[] = [];
      for await (const { runId } of engine.cancelAll({})) asked.push(runId);
      expect(asked.sort()).toEqual(ids.sort());
      for (const runId of ids) await engine.result(runId).catch(() => {});
    }
  } finally {
    await scheduler.stop();
  }
});
