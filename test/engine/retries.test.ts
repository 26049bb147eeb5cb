import { expect, test } from "vitest";
import { RetryableError, type StepOptions, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf, storyOf } from "./story.ts";

const BEGIN = Date.UTC(2030, 0, 1);

describeOnEachStore("a step that is tried again", ({ createEngine }) => {
  /** Runs a step that fails so many times; when its attempts began, in ms after the start. */
  async function attemptsOf(
    options: StepOptions,
    failures: number,
    fail = () => new Error("busy"),
  ) {
    const began: number[] = [];
    const flaky = step(
      "flaky",
      async () => {
        began.push(engine.clock.now() - BEGIN);
        if (began.length <= failures) throw fail();
        return began.length;
      },
      options,
    );
    const order = workflow("order", async () => flaky().catch((error: unknown) => error));
    const engine = createEngine({ workflows: [order], random: () => 0.5 });
    const run = await engine.start(order);
    await engine.clock.advance("1h");
    return { engine, run, began, result: await run.result() };
  }

  test("completes with what the first good attempt returned", async () => {
    const { engine, run, result } = await attemptsOf({}, 2);
    expect(result).toBe(3);
    expect(await storyOf(engine, run.runId, { only: /step/ })).toEqual([
      "step.started flaky",
      "step.retrying flaky",
      "step.started flaky #2",
      "step.retrying flaky #2",
      "step.started flaky #3",
      "step.completed flaky #3",
    ]);
    expect(await eventsOf(engine, run.runId, "step.retrying")).toMatchObject([
      { attempt: 1, error: { message: "busy" }, retryAt: new Date(BEGIN + 750) },
      { attempt: 2, error: { message: "busy" }, retryAt: new Date(BEGIN + 750 + 1500) },
    ]);
  });

  test("waits ever longer, as its backoff says", async () => {
    const backoff = { initial: "1s", factor: 3, max: "5s", jitter: false };
    const { began, result } = await attemptsOf({ retries: 4, backoff }, 9);
    expect(began).toEqual([0, 1000, 4000, 9000, 14_000]);
    expect(result).toMatchObject({ attempts: 5 });
  });

  test("waits equally long when its backoff is fixed", async () => {
    const { began } = await attemptsOf({ retries: 3, backoff: "fixed" }, 9);
    expect(began).toEqual([0, 750, 1500, 2250]);
  });

  test("is tried four times unless it says otherwise", async () => {
    const { began } = await attemptsOf({}, 9);
    expect(began).toEqual([0, 750, 2250, 5250]);
  });

  test.each<[string, () => RetryableError["retryAfter"]]>([
    ["milliseconds", () => 5000],
    ["a duration", () => "5s"],
    ["a date", () => new Date(BEGIN + 5000)],
  ])("waits as long as a RetryableError asks for, in %s", async (_, after) => {
    const { began, result } = await attemptsOf(
      {},
      1,
      () => new RetryableError("busy", { retryAfter: after() }),
    );
    expect(began).toEqual([0, 5000]);
    expect(result).toBe(2);
  });

  test("counts its attempts also when a RetryableError asks for them", async () => {
    const { began, result } = await attemptsOf(
      { retries: 2 },
      9,
      () => new RetryableError("busy", { retryAfter: 10 }),
    );
    expect(began).toEqual([0, 10, 20]);
    expect(result).toMatchObject({ attempts: 3, cause: { code: "step.retryable" } });
  });

  test("is tried again at once when it is asked to", async () => {
    const { began } = await attemptsOf({ retries: 2, backoff: { initial: 0 } }, 9);
    expect(began).toEqual([0, 0, 0]);
  });

  test("can wait for days", async () => {
    const began: number[] = [];
    const order = workflow("order", async () =>
      step("flaky", async () => {
        began.push(engine.clock.now() - BEGIN);
        if (began.length === 1) throw new RetryableError("closed", { retryAfter: "3d" });
      })(),
    );
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("4d");
    expect(began).toEqual([0, 3 * 86_400_000]);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed" });
  });

  test("waits without a process: another engine makes the next attempt", async () => {
    const tried: string[] = [];
    const makeOrder = (name: string) =>
      workflow("order", async () => {
        await step("flaky", async () => {
          tried.push(name);
          if (tried.length === 1) throw new Error("busy");
        })();
      });
    const here = createEngine({ workflows: [makeOrder("here")] });
    const { runId } = await here.start("order");
    await here.settle();
    expect(await here.getRun(runId)).toMatchObject({ status: "suspended" });
    const there = createEngine({ workflows: [makeOrder("there")] });
    await there.clock.advance("1m");
    expect(tried).toEqual(["here", "there"]);
    expect(await there.getRun(runId)).toMatchObject({ status: "completed" });
  });
});
