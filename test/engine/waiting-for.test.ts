/** What the record of a live run says it waits for. */
import { expect, test } from "vitest";
import {
  hook,
  isCancellation,
  RetryableError,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { around } from "./watched-store.ts";

const hangs = step("charge", () => new Promise(() => {}), { timeout: "1d" });

describeOnEachStore("what a run waits for", (world) => {
  /** What its record says, a minute after its start at midnight. */
  async function afterAMinute(code: () => Promise<unknown>, startAt?: (now: number) => Date) {
    const flow = workflow("flow", code);
    const engine = world.createEngine({ workflows: [flow] });
    const how = startAt ? { startAt: startAt(engine.clock.now()) } : {};
    const { runId } = await engine.start(flow, undefined, how);
    await engine.clock.advance("1m");
    const said = async () => (await engine.getRun(runId)).waitingFor;
    return { engine, runId, said };
  }

  test("is a sleep, and when it ends; nothing once the run has ended", async () => {
    const { engine, runId, said } = await afterAMinute(() => sleep("1h"));
    expect(await said()).toBe("a sleep since 2030-01-01T00:00:00Z until 2030-01-01T01:00:00Z");
    await engine.clock.advance("1h");
    expect(await engine.getRun(runId)).not.toHaveProperty("waitingFor");
  });

  test("is a step and its attempt, or when the next one comes", async () => {
    const { said } = await afterAMinute(() => hangs());
    expect(await said()).toBe('step "charge", attempt 1 since 2030-01-01T00:00:00Z');
    const later = step("later", () =>
      Promise.reject(new RetryableError("-", { retryAfter: "2h" })),
    );
    expect(await (await afterAMinute(() => later())).said()).toBe(
      'a retry of step "later", after attempt 1 since 2030-01-01T00:00:00Z until 2030-01-01T02:00:00Z',
    );
  });

  test("is a hook, by its name", async () => {
    const { said } = await afterAMinute(async () => await hook("approval", { timeout: "2d" }));
    expect(await said()).toBe(
      'hook "approval" since 2030-01-01T00:00:00Z until 2030-01-03T00:00:00Z',
    );
  });

  test("is its start, if that was given a time", async () => {
    const { said } = await afterAMinute(
      async () => 1,
      (now) => new Date(now + 3_600_000),
    );
    expect(await said()).toBe("its start since 2030-01-01T00:00:00Z until 2030-01-01T01:00:00Z");
  });

  test("is its next turn, where the log knows of nothing else", async () => {
    const flow = workflow("flow", () => sleep("1h"));
    const engine = world.createEngine({ workflows: [flow] });
    const { runId } = await engine.start(flow);
    expect((await engine.getRun(runId)).waitingFor).toBe("its next turn");
  });

  test("is the first of thousands, and how many more there are", async () => {
    const { said } = await afterAMinute(() =>
      Promise.all(Array.from({ length: 3000 }, () => sleep("1d"))),
    );
    expect(await said()).toBe(
      "a sleep since 2030-01-01T00:00:00Z until 2030-01-02T00:00:00Z, and 2999 more",
    );
  });

  test("is the clean-up, once a cancellation has settled the rest", async () => {
    const { engine, runId, said } = await afterAMinute(async () => {
      try {
        await sleep("1h");
      } catch (error) {
        if (isCancellation(error)) await shield(() => hangs());
      }
    });
    await engine.cancel(runId);
    await engine.settle();
    expect(await said()).toBe('step "charge", attempt 1 since 2030-01-01T00:01:00Z, shielded');
  });

  test("calls no code of the run, and does not stand in lists", async () => {
    const flow = workflow("flow", () => sleep("1h"));
    const engine = world.createEngine({ workflows: [flow] });
    const { runId } = await engine.start(flow);
    await engine.settle();
    const other = createTestEngine({ workflows: [], store: world.store });
    expect((await other.getRun(runId)).waitingFor).toMatch(/^a sleep since/);
    const { runs } = await other.listRuns({ workflow: "flow", limit: 1 });
    expect(runs[0]).not.toHaveProperty("waitingFor");
  });

  test("follows the log, which is read once: who asks again reads what is new", async () => {
    const read: number[] = [];
    const store = around(world.store, async (name, call) => {
      const answer = await call();
      if (name === "log.read") read.push((answer as unknown[]).length);
      return answer;
    });
    const quick = step("quick", async () => {}, { inline: true });
    const flow = workflow("flow", async () => {
      for (let n = 0; n < 50; n += 1) await quick();
      await sleep("1h");
      await hangs();
    });
    const engine = world.createEngine({ workflows: [flow] });
    const { runId } = await engine.start(flow);
    await engine.settle();
    const asking = createTestEngine({ workflows: [], store });
    expect((await asking.getRun(runId)).waitingFor).toMatch(/^a sleep/);
    expect(read.reduce((sum, entries) => sum + entries)).toBeGreaterThan(50);
    read.length = 0;
    expect((await asking.getRun(runId)).waitingFor).toMatch(/^a sleep/);
    expect(read).toEqual([1]);
    await engine.clock.advance("1h");
    expect((await asking.getRun(runId)).waitingFor).toMatch(/^step "charge"/);
  });

  test("is told once a log of more than a megabyte was read, a megabyte at a time", async () => {
    const large = step("large", async () => "x".repeat(300_000));
    const flow = workflow("flow", async () => {
      for (let n = 0; n < 8; n += 1) await large();
      await sleep("1h");
    });
    const engine = world.createEngine({ workflows: [flow] });
    const { runId } = await engine.start(flow);
    await engine.settle();
    const asking = createTestEngine({ workflows: [], store: world.store });
    const said: (string | undefined)[] = [];
    while (said.at(-1) === undefined && said.length < 5) {
      said.push((await asking.getRun(runId)).waitingFor);
    }
    expect(said).toEqual([undefined, undefined, expect.stringMatching(/^a sleep/)]);
  });
});
