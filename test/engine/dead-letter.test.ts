import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { DetentError } from "../../src/core/errors.ts";
import { sleep, workflow } from "../../src/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { createHandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

const naps = workflow("naps", async (ms: number) => {
  await sleep(ms);
});

/** A store that cannot read logs until it is mended. */
function damagedLogs(): { store: Store; mend(): void } {
  let broken = true;
  const store = around(createMemoryStore(), async (name, call) => {
    if (broken && name === "log.read") throw new DetentError("store.damaged", "entry 3 is missing");
    return await call();
  });
  return {
    store,
    mend() {
      broken = false;
    },
  };
}

describe("a message that was given up", () => {
  it("shows on its run as a problem, though the run's log cannot be read", async () => {
    const { store, mend } = damagedLogs();
    const held = createHandHeld([naps], { store });
    const { runId } = await held.engine.start("naps", 1);
    // Another process than the one that started the run, so that it has to read.
    const other = createHandHeld([naps], { store });
    const failure: unknown = await other.engine.turn({ runId }).catch((error: unknown) => error);
    await other.engine.reportProblem(runId, failure);
    const { problem, status } = await other.engine.getRun(runId);
    expect(status).toBe("pending");
    expect(problem).toMatchObject({ code: "store.damaged", tries: 1 });
    expect(problem?.message).toContain("entry 3 is missing");

    mend();
    await other.engine.turn({ runId });
    expect(await other.engine.getRun(runId)).not.toHaveProperty("problem");
  });

  it("is tried again by the sweep, with growing pauses", async () => {
    const held = createHandHeld([naps]);
    const { runId } = await held.engine.start("naps", 1);
    const pauses: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      await held.engine.reportProblem(runId, new Error("out of memory"));
      const head = await held.store.runs.get(runId, held.clock.now);
      pauses.push((head?.dueAt ?? 0) - held.clock.now);
    }
    const minutes = [1, 2, 4, 8, 16, 32, 60, 60, 60];
    expect(pauses).toEqual(minutes.map((each) => each * 60_000));
    expect((await held.engine.getRun(runId)).problem).toMatchObject({
      code: "turn.failed",
      message: "A turn of the run failed: Error: out of memory",
      tries: 9,
    });
  });

  it("may be anything thrown, and its text any length", async () => {
    const held = createHandHeld([naps]);
    const { runId } = await held.engine.start("naps", 1);
    await held.engine.reportProblem(runId, "x".repeat(100_000));
    const { problem } = await held.engine.getRun(runId);
    expect(problem?.message).toMatch(/^A turn of the run failed: x{1000}/);
    expect(problem?.message.length).toBeLessThanOrEqual(2_000);
  });

  it("leaves a run alone that has ended, or that there is not", async () => {
    const held = createHandHeld([naps]);
    const { runId } = await held.engine.start("naps", 0);
    await held.deliverAll();
    await held.engine.reportProblem(runId, new Error("too late"));
    expect(await held.engine.getRun(runId)).not.toHaveProperty("problem");
    await held.engine.reportProblem("run_none", new Error("nobody"));
  });
});
