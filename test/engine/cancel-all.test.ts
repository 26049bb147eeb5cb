import { expect, test } from "vitest";
import { shield, sleep, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

const nap = workflow("nap", async () => sleep("1h"));
const quick = workflow("quick", async () => "done");

describeOnEachStore("cancelAll", ({ createEngine }) => {
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
    const runs = [
      await engine.start(nap, undefined, { tags }),
      await engine.start(slow, undefined, { tags }),
      await engine.start(nap, undefined, { tags }),
    ];
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

  test("refuses a bad filter", async () => {
    const engine = createEngine({ workflows: [] });
    const all = engine.cancelAll({ status: "asleep" as never });
    await expect(all[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "input.invalid",
    });
  });
});
