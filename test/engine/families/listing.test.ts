import { expect, test } from "vitest";
import { child, sleep, step, workflow } from "../../../src/index.ts";
import { describeOnEachStore } from "../each-store.ts";

const napping = workflow("napping", () => sleep("1h"));
/** Does other things in between, so that its log is long and has large values. */
const busy = workflow("busy", async ({ count, name = "" }: { count: number; name?: string }) => {
  const say = step("say", () => "x".repeat(200_000));
  for (let number = 0; number < count; number++) {
    await child(napping, undefined, { runId: `${name} ${number}` });
    await say();
  }
  await sleep("1h");
});

describeOnEachStore("the children of a run", ({ createEngine }) => {
  test("are listed in the order in which it asked for them, page by page", async () => {
    const engine = createEngine({ workflows: [busy, napping] });
    const others = await Promise.all([engine.start(napping), engine.start(busy, { count: 0 })]);
    const { runId } = await engine.start(busy, { count: 8, name: "paged" });
    await engine.settle();

    const all: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await engine.children(runId, { limit: 3, cursor });
      expect(page.runs.length).toBeLessThanOrEqual(3);
      for (const { parent } of page.runs) expect(parent?.runId).toBe(runId);
      all.push(...page.runs.map((run) => run.runId));
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(all).toEqual(Array.from({ length: 8 }, (_, number) => `paged ${number}`));
    expect(pages).toBeGreaterThanOrEqual(3);
    // Whatever the limit, no more than 1 MB of the log is read for a page.
    const most = await engine.children(runId, { limit: 1000 });
    expect(most.runs.length).toBeGreaterThan(2);
    expect(most.runs.length).toBeLessThan(8);
    const rest = await engine.children(runId, { limit: 1000, cursor: most.cursor });
    expect(most.runs.length + rest.runs.length).toBe(8);
    expect(rest.cursor).toBeUndefined();
    for (const other of others) expect(await engine.children(other.runId)).toEqual({ runs: [] });
    await engine.cancel("paged 3");
    await engine.settle();
    const { runs } = await engine.children(runId, { limit: 4 });
    expect(runs.map(({ status }) => status)).toEqual([
      ...["suspended", "suspended", "suspended"],
      "cancelled",
    ]);
  });

  test("that are kept no more are left out, whoever has their id since", async () => {
    const brief = workflow("brief", async () => "done");
    const lasting = workflow("lasting", async () => {
      await child(brief, undefined, { runId: "brief one" });
      await sleep("200d");
    });
    const engine = createEngine({ workflows: [lasting, brief, napping] });
    const { runId } = await engine.start(lasting);
    await engine.settle();
    expect((await engine.children(runId)).runs).toMatchObject([{ status: "completed" }]);
    await engine.clock.advance("150d");
    expect(await engine.children(runId)).toEqual({ runs: [] });
    await engine.start(napping, undefined, { runId: "brief one" });
    expect(await engine.children(runId)).toEqual({ runs: [] });
  });

  test("are asked of a run that there is, with a limit and cursor that there can be", async () => {
    const engine = createEngine({ workflows: [busy, napping] });
    const { runId } = await engine.start(busy, { count: 1, name: "one" });
    await engine.settle();
    await expect(engine.children("nobody")).rejects.toMatchObject({ code: "run.notFound" });
    for (const query of [{ limit: 0 }, { limit: 1001 }, { cursor: "x" }, { cursor: "" }]) {
      await expect(engine.children(runId, query)).rejects.toMatchObject({ code: "input.invalid" });
    }
  });
});
