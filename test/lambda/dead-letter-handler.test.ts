import { describe, expect, it } from "vitest";
import { deadLetterHandler } from "../../src/adapters/lambda/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { SchedulerUnavailableError } from "../../src/core/errors.ts";
import { createEngine } from "../../src/engine/index.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { collectLogs } from "../engine/collected-logs.ts";
import { silent } from "../silent.ts";
import { until } from "../until.ts";

const A_MINUTE = { getRemainingTimeInMillis: () => 60_000 };
const double = step("double", async (n: number) => n * 2);
const doubling = workflow("doubling", async (n: number) => double(await double(n)));
const napping = workflow("napping", async () => sleep("1h"));

/** An engine whose queue takes nothing until it is mended. */
function open() {
  let broken = false;
  const sent: unknown[] = [];
  const { logger, lines } = collectLogs();
  const engine = createEngine({
    workflows: [doubling, napping],
    store: createMemoryStore(),
    logger,
    scheduler: {
      async send(messages) {
        if (broken) throw new SchedulerUnavailableError("SQS", new Error("it is full"));
        sent.push(...messages);
      },
    },
  });
  return {
    engine,
    lines,
    sent,
    setBroken(now: boolean) {
      broken = now;
    },
  };
}

const record = (body: unknown) => ({ Records: [{ messageId: "m0", body: JSON.stringify(body) }] });
const FAILED = { batchItemFailures: [{ itemIdentifier: "m0" }] };
const DONE = { batchItemFailures: [] };

describe("a dead letter", () => {
  it("is first a wake-up: what was in the way may be gone", async () => {
    const { engine } = open();
    const { runId } = await engine.start("doubling", 1);
    const handler = deadLetterHandler(engine, { logger: silent });
    expect(await handler(record({ runId }), A_MINUTE)).toEqual(DONE);
    expect((await engine.getRun(runId)).status).toBe("running");
  });

  it("that fails again shows on its run, and stays; mended, the run goes on", async () => {
    const { engine, setBroken } = open();
    const { runId } = await engine.start("doubling", 1);
    setBroken(true);
    const handler = deadLetterHandler(engine, { logger: silent });
    expect(await handler(record({ runId }), A_MINUTE)).toEqual(FAILED);
    expect((await engine.getRun(runId)).problem).toMatchObject({
      code: "scheduler.unavailable",
      message: expect.stringContaining("it is full"),
      tries: 1,
    });

    setBroken(false);
    expect(await handler(record({ runId }), A_MINUTE)).toEqual(DONE);
    expect(await handler(record({ runId }), A_MINUTE)).toEqual(DONE);
    expect(await engine.getRun(runId)).toMatchObject({ status: "completed", output: 4 });
    expect(await engine.getRun(runId)).not.toHaveProperty("problem");
  });

  it("is noted on its run before it is tried, as the turn may never come back", async () => {
    const { engine } = open();
    const { runId } = await engine.start("doubling", 1);
    const hangs = { ...engine, turn: () => new Promise<void>(() => {}) };
    const killed = deadLetterHandler(hangs, { logger: silent });
    void killed(record({ runId }), A_MINUTE);
    const { problem } = await until(async () => {
      const run = await engine.getRun(runId);
      return run.problem ? run : undefined;
    });
    expect(problem).toMatchObject({ code: "turn.givenUp", tries: 1 });
    expect(problem?.message).toContain("without an answer");

    const handler = deadLetterHandler(engine, { logger: silent });
    expect(await handler(record({ runId }), A_MINUTE)).toEqual(DONE);
    expect(await engine.getRun(runId)).not.toHaveProperty("problem");
  });

  it("leaves no problem on a run that has nothing to do", async () => {
    const { engine } = open();
    const { runId } = await engine.start("napping");
    await engine.turn({ runId });
    const handler = deadLetterHandler(engine, { logger: silent });
    expect(await handler(record({ runId }), A_MINUTE)).toEqual(DONE);
    expect((await engine.getRun(runId)).status).toBe("suspended");
    expect(await engine.getRun(runId)).not.toHaveProperty("problem");
  });

  it("alarms from the second time on that its turn does not come back", async () => {
    const { engine, lines } = open();
    const { runId } = await engine.start("doubling", 1);
    for (const level of ["warn", "error", "error"]) {
      await engine.noteGivenUp(runId);
      expect(lines.at(-1)?.level).toBe(level);
    }
    expect(lines.at(-1)).toMatchObject({
      message: expect.stringMatching(/^Run .* cannot go on/),
      fields: { runId, code: "turn.givenUp", tries: 3 },
    });
  });

  it("that is no continuation stays until somebody looks at it", async () => {
    const { engine } = open();
    const handler = deadLetterHandler(engine, { logger: silent });
    expect(await handler(record({ order: 7 }), A_MINUTE)).toEqual(FAILED);
  });

  it("whose problem cannot be recorded stays as well", async () => {
    const messages: string[] = [];
    const logger: Logger = { ...silent, error: (message) => messages.push(message) };
    const down = async (): Promise<void> => {
      throw new Error("down");
    };
    const handler = deadLetterHandler({ turn: down, reportProblem: down }, { logger });
    expect(await handler(record({ runId: "run_1" }), A_MINUTE)).toEqual(FAILED);
    expect(messages).toEqual([
      "A problem could not be recorded on its run",
      "A message was not worked on and comes again",
    ]);
  });
});
