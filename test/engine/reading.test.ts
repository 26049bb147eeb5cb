import { expect, test } from "vitest";
import type { RunEvent, RunQuery } from "../../src/engine/index.ts";
import { InvalidInputError, RunNotFoundError, sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";

const echo = workflow("echo", async (input: number) => input);
const nap = workflow("nap", async () => {
  await sleep("1h");
});
const breaks = workflow("breaks", async () => {
  throw new Error("no");
});

describeOnEachStore("a run's record", ({ createEngine }) => {
  test.each([
    ["plain", "nobody"],
    ["empty", ""],
    ["with control characters", "a\u0000b"],
    ["long", "x".repeat(600)],
    ["endless", "x".repeat(3000)],
  ])("is not found for an unknown id that is %s", async (_, runId) => {
    const engine = createEngine({ workflows: [] });
    await expect(engine.getRun(runId)).rejects.toBeInstanceOf(RunNotFoundError);
    await expect(engine.getEvents(runId)).rejects.toBeInstanceOf(RunNotFoundError);
    await expect(engine.cancel(runId)).rejects.toBeInstanceOf(RunNotFoundError);
    await expect(engine.terminate(runId)).rejects.toBeInstanceOf(RunNotFoundError);
  });

  test("can be read by an engine that does not know the workflow", async () => {
    const engine = createEngine({ workflows: [echo] });
    const { runId } = await engine.start(echo, 5);
    await engine.settle();
    const other = createEngine({ workflows: [] });
    expect(await other.getRun(runId)).toMatchObject({ workflow: "echo", input: 5, output: 5 });
    expect((await other.getEvents(runId)).events).toHaveLength(2);
    expect(await other.result(runId)).toBe(5);
  });
});

describeOnEachStore("a list of runs", ({ createEngine }) => {
  test("shows the newest first, with what their records say", async () => {
    const engine = createEngine({ workflows: [echo] });
    for (let input = 0; input < 3; input++) {
      await engine.start(echo, input, { tags: ["newest-first"] });
      await engine.clock.advance("1s");
    }
    const { runs, cursor } = await engine.listRuns({ tag: "newest-first" });
    expect(runs).toMatchObject([
      { workflow: "echo", status: "completed", tags: ["newest-first"] },
      { workflow: "echo" },
      { workflow: "echo" },
    ]);
    expect(cursor).toBeUndefined();
    for (const [index, run] of runs.entries()) {
      const value = 2 - index;
      expect(await engine.getRun(run.runId)).toEqual({ ...run, input: value, output: value });
    }
  });

  test("shows no input and no output, and of an error what it says in short", async () => {
    const fails = workflow("fails", async (input: string) => {
      throw new TypeError(input, { cause: new Error("below") });
    });
    const engine = createEngine({ workflows: [echo, fails] });
    const tags = ["in-short"];
    const text = "x".repeat(20_000);
    const failed = await engine.start(fails, text, { tags });
    const done = await engine.start(echo, 5, { tags });
    await engine.settle();
    const { runs } = await engine.listRuns({ tag: "in-short" });
    const row = runs.find(({ runId }) => runId === failed.runId);
    expect(row?.error).toEqual({ name: "TypeError", message: text.slice(0, 500) });
    for (const run of runs)
      for (const key of ["input", "output"]) expect(run).not.toHaveProperty(key);
    expect(await engine.getRun(failed.runId)).toMatchObject({
      input: text,
      error: { name: "TypeError", message: text.slice(0, 16_384), cause: { message: "below" } },
    });
    expect(await engine.getRun(done.runId)).toMatchObject({ input: 5, output: 5 });
  });

  test("is narrowed by status, workflow, tag and time", async () => {
    const engine = createEngine({ workflows: [echo, nap, breaks] });
    const tag = "narrowed";
    const ids: Record<string, string> = {};
    const start = async (name: string, starting: Promise<{ runId: string }>): Promise<void> => {
      ids[name] = (await starting).runId;
      await engine.clock.advance("1m");
    };
    await start("echo", engine.start(echo, 1, { tags: [tag, "other"] }));
    await start("nap", engine.start(nap, undefined, { tags: [tag] }));
    await start("breaks", engine.start(breaks, undefined, { tags: ["other", tag] }));
    await start("later", engine.start(nap, undefined, { tags: [tag], startAt: new Date(2e12) }));
    const found = async (query: RunQuery): Promise<string[]> => {
      const { runs } = await engine.listRuns({ tag, ...query });
      return runs.map(({ runId }) => Object.keys(ids).find((name) => ids[name] === runId) ?? "?");
    };
    const at = (minute: number): Date => new Date(Date.UTC(2030, 0, 1, 0, minute));
    expect(await found({})).toEqual(["later", "breaks", "nap", "echo"]);
    expect(await found({ status: "completed" })).toEqual(["echo"]);
    expect(await found({ status: "suspended" })).toEqual(["nap"]);
    expect(await found({ status: "failed" })).toEqual(["breaks"]);
    expect(await found({ status: "pending" })).toEqual(["later"]);
    expect(await found({ workflow: "nap" })).toEqual(["later", "nap"]);
    expect(await found({ workflow: "nap", status: "suspended" })).toEqual(["nap"]);
    expect(await found({ tag: "other" })).toEqual(["breaks", "echo"]);
    expect(await found({ createdAfter: at(0) })).toEqual(["later", "breaks", "nap"]);
    expect(await found({ createdBefore: at(2) })).toEqual(["nap", "echo"]);
    expect(await found({ createdAfter: at(0), createdBefore: at(3) })).toEqual(["breaks", "nap"]);
    expect(await found({ workflow: "nobody" })).toEqual([]);
  });

  test("goes on from page to page by its cursor, also while runs are started", async () => {
    const engine = createEngine({ workflows: [echo] });
    const tags = ["paged"];
    for (let input = 0; input < 7; input++) await engine.start(echo, input, { tags });
    await engine.settle();
    const inputs: unknown[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await engine.listRuns({ tag: "paged", limit: 3, cursor });
      for (const { runId } of page.runs) inputs.push((await engine.getRun(runId)).input);
      cursor = page.cursor;
      pages += 1;
      await engine.clock.advance("1s");
      await engine.start(echo, 100, { tags });
    } while (cursor !== undefined);
    expect(pages).toBe(3);
    expect(inputs.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test.each([0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", null])(
    "refuses the limit %s",
    async (limit) => {
      const engine = createEngine({ workflows: [] });
      const list = engine.listRuns({ limit: limit as never });
      await expect(list).rejects.toBeInstanceOf(InvalidInputError);
      await expect(list).rejects.toMatchObject({ issues: [{ path: ["limit"] }] });
    },
  );

  test("takes limits from 1 to 1000, and 50 if none is said", async () => {
    const engine = createEngine({ workflows: [echo] });
    const tag = "limits";
    await Promise.all(
      Array.from({ length: 51 }, (_, input) => engine.start(echo, input, { tags: [tag] })),
    );
    expect((await engine.listRuns({ tag, limit: 1 })).runs).toHaveLength(1);
    expect((await engine.listRuns({ tag, limit: 1000 })).runs).toHaveLength(51);
    expect((await engine.listRuns({ tag })).runs).toHaveLength(50);
    expect((await engine.listRuns({ tag, limit: undefined })).runs).toHaveLength(50);
  });

  test.each<[string, RunQuery]>([
    ["cursor", { cursor: "nonsense" }],
    ["cursor", { cursor: "" }],
    ["cursor", { cursor: Buffer.from('["x"]').toString("base64url") }],
    ["status", { status: "asleep" as never }],
    ["createdAfter", { createdAfter: new Date(Number.NaN) }],
    ["createdBefore", { createdBefore: "2030" as never }],
    ["workflow", { workflow: 5 as never }],
    ["tag", { tag: {} as never }],
  ])("refuses a bad %s: %j", async (option, query) => {
    const engine = createEngine({ workflows: [] });
    const list = engine.listRuns(query);
    await expect(list).rejects.toBeInstanceOf(InvalidInputError);
    await expect(list).rejects.toMatchObject({ issues: [{ path: [option] }] });
  });

  test("refuses a cursor that was made for another list", async () => {
    const engine = createEngine({ workflows: [echo] });
    for (let input = 0; input < 2; input++) await engine.start(echo, input, { tags: ["cursors"] });
    const { cursor } = await engine.listRuns({ tag: "cursors", limit: 1 });
    expect(cursor).toBeTypeOf("string");
    await expect(engine.listRuns({ limit: 1, cursor })).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: ["cursor"] }],
    });
  });
});

describeOnEachStore("the events of a run", ({ createEngine }) => {
  const order = workflow("order", async (count: number) => {
    await Promise.all(Array.from({ length: count }, (_, it) => step("charge", async () => it)()));
    await sleep("1m");
    await step("ship", async () => {})();
  });

  test("have numbers that grow, and their times", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, 20);
    await engine.clock.advance("1m");
    const { events } = await engine.getEvents(runId);
    expect(events).toHaveLength(1 + 20 + 20 + 2 + 2 + 1);
    const numbers = events.map(({ seq }) => seq);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(events[0]).toMatchObject({ seq: 0, type: "workflow.started" });
    expect(events[0]?.at).toEqual(new Date("2030-01-01T00:00:00Z"));
    expect(events.at(-1)?.at).toEqual(new Date("2030-01-01T00:01:00Z"));
    expect(events.find(({ type }) => type === "sleep.started")).toMatchObject({
      until: new Date("2030-01-01T00:01:00Z"),
    });
  });

  test("can be read on from any of them, in pages of any size", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, 5);
    await engine.clock.advance("1m");
    const { events: all } = await engine.getEvents(runId);
    for (const limit of [1, 2, 3, 7, 1000]) {
      const read: unknown[] = [];
      let after: number | undefined;
      for (;;) {
        const { events, more } = await engine.getEvents(runId, { after, limit });
        expect(events.length).toBeLessThanOrEqual(limit);
        read.push(...events);
        expect(more).toBe(read.length < all.length ? true : undefined);
        if (!more) break;
        after = events.at(-1)?.seq;
      }
      expect(read).toEqual(all);
    }
    const last = all.at(-1)?.seq;
    expect(await engine.getEvents(runId, { after: last })).toEqual({ events: [], generation: 1 });
    expect(await engine.getEvents(runId, { after: 1e9 })).toEqual({ events: [], generation: 1 });
  });

  test("come in pages of 1 MB, and each is told once", async () => {
    const makes = workflow("makes", async (sizes: number[]) => {
      for (const size of sizes) await step("make", async () => "x".repeat(size))();
    });
    const engine = createEngine({ workflows: [makes] });
    const sizes = [...new Array(40).fill(1), ...new Array(8).fill(300_000), 1, 1];
    const { runId } = await engine.start(makes, sizes);
    await engine.clock.advance("1m");
    const lengths: number[] = [];
    const read: RunEvent[] = [];
    for (let more: true | undefined = true; more; ) {
      const page = await engine.getEvents(runId, { after: read.at(-1)?.seq });
      expect(JSON.stringify(page.events).length).toBeLessThan(1024 * 1024);
      lengths.push(page.events.length);
      read.push(...page.events);
      more = page.more;
    }
    expect(lengths.length).toBe(3);
    const results = read.flatMap((event) =>
      event.type === "step.completed" ? [`${event.result}`.length] : [],
    );
    expect(results).toEqual(sizes);
    expect(read.map(({ seq }) => seq)).toEqual([...new Set(read.map(({ seq }) => seq))]);
    expect(read.at(-1)?.type).toBe("workflow.completed");
  });

  test("of a step say which, and which attempt", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order, 2);
    await engine.clock.advance("1m");
    const { events } = await engine.getEvents(runId);
    for (const event of events.filter(({ type }) => type.startsWith("step."))) {
      expect(event).toMatchObject({
        step: expect.any(String),
        command: expect.any(Number),
        attempt: 1,
        shielded: false,
      });
    }
    // One that ran as a task says so by when it started.
    expect(events.filter(({ type }) => type === "step.completed")).toMatchObject([
      { step: "charge", startedAt: expect.any(Date) },
      { step: "charge", startedAt: expect.any(Date) },
      { step: "ship", command: 3 },
    ]);
    expect(events.filter(({ type }) => type === "step.started")).toMatchObject([{ step: "ship" }]);
  });

  test.each<[string, object]>([
    ["after", { after: -1 }],
    ["after", { after: 0.5 }],
    ["after", { after: "5" }],
    ["after", { after: Number.NaN }],
    ["limit", { limit: 0 }],
    ["limit", { limit: 1001 }],
    ["limit", { limit: "many" }],
  ])("cannot be read with a bad %s: %j", async (option, options) => {
    const engine = createEngine({ workflows: [nap] });
    const { runId } = await engine.start(nap);
    await expect(engine.getEvents(runId, options)).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: [option] }],
    });
  });
});
