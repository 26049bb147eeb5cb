import { describe, expect, test } from "vitest";
import { stagesOf } from "../../src/dashboard/run/stages.ts";
import { timeText } from "../../src/dashboard/time-text.ts";
import type { Cancellation, Run, RunEvent } from "../../src/http/client/index.ts";
import { eventsOf, stepNamed } from "./logs.ts";

const REQUEST = { requestedAt: new Date(1000) };

function runWith(status: Run["status"], cancellation: Partial<Cancellation>, more = {}): Run {
  return {
    generation: 1,
    runId: "run_1",
    workflow: "order",
    version: "1",
    status,
    input: undefined,
    createdAt: new Date(0),
    tags: [],
    cancellation: { ...REQUEST, ...cancellation },
    ...more,
  };
}

const told = (run: Run, events: RunEvent[] = []) =>
  stagesOf(run, events).map(({ state, text }) => [state, text]);

const EXECUTING = eventsOf([0, "workflow.started"], [1, "step.started", stepNamed("charge", 0)]);

describe("the stages of a cancellation", () => {
  test("there are none of a run that nobody asked to stop", () => {
    const { cancellation: _, ...run } = runWith("running", {});
    expect(stagesOf(run, EXECUTING)).toEqual([]);
  });

  test("tell what is let finish first", () => {
    const run = runWith("cancelling", { requestedBy: "alice" });
    expect(told(run, EXECUTING)).toEqual([
      ["done", "by alice"],
      ["active", "waiting for the next checkpoint: charge is let finish"],
      ["waiting", "begins after the delivery"],
      ["waiting", ""],
    ]);
  });

  test("tell what shields hold up", () => {
    const events = eventsOf(
      [0, "workflow.started"],
      [1, "step.started", stepNamed("charge", 0, { shielded: true })],
      [1, "sleep.started", { command: 1, shielded: true, until: new Date(9000) }],
      [1, "sleep.started", { command: 2, shielded: false, until: new Date(9000) }],
    );
    expect(told(runWith("cancelling", {}), events)[1]).toEqual([
      "active",
      "waiting for the next checkpoint: charge, a shielded sleep are let finish",
    ]);
  });

  test("tell which clean-up is under way", () => {
    const deadline = new Date(901_250);
    const delivered = { deliveredAt: new Date(1250), checkpoint: "step ship", deadline };
    const run = runWith("cancelling", delivered);
    const events = eventsOf(
      [0, "workflow.started"],
      [1, "step.started", stepNamed("refund", 0, { shielded: true })],
    );
    expect(told(run, events).slice(1)).toEqual([
      ["done", "at step ship, 250 ms after the request"],
      ["active", "refund is under way"],
      ["waiting", `by ${timeText(deadline)} at the latest`],
    ]);
  });

  test("tell how it ended, and how long that took", () => {
    const run = runWith(
      "cancelled",
      {
        deliveredAt: new Date(1250),
        checkpoint: "sleep",
        cleanup: { steps: 2, finished: true, durationMs: 600 },
      },
      { endedAt: new Date(2000) },
    );
    expect(told(run)).toEqual([
      ["done", "by somebody who gave no name"],
      ["done", "at sleep, 250 ms after the request"],
      ["done", "2 steps, finished in 600 ms"],
      ["done", "cancelled, 1 s after the request"],
    ]);
  });

  test.each<[string, Run["status"], Partial<Cancellation>, RunEvent[], string, string]>([
    ["too late", "completed", { tooLate: true }, EXECUTING, "too late", "none"],
    ["not needed", "cancelled", {}, [], "not needed: no code of the run had begun", "none"],
    ["cut short by a termination", "terminated", {}, EXECUTING, "terminated before", "none"],
    [
      "cut short by its grace period",
      "terminated",
      { deliveredAt: new Date(2), cleanup: { steps: 1, finished: false, durationMs: 9000 } },
      EXECUTING,
      "after the request",
      "1 step, cut off after 9 s",
    ],
  ])("tell what was %s", (_what, status, cancellation, events, delivery, cleanup) => {
    const run = runWith(status, cancellation, { endedAt: new Date(2000) });
    const [, delivered, cleaned] = stagesOf(run, events);
    expect(delivered?.text).toContain(delivery);
    expect(cleaned).toMatchObject({ state: "missed", text: cleanup });
  });

  test("tell that the workflow swallowed it", () => {
    const run = runWith("completed", { swallowed: true }, { endedAt: new Date(1500) });
    expect(told(run).at(-1)?.[1]).toBe(
      "completed, the cancellation was swallowed, 500 ms after the request",
    );
  });
});
