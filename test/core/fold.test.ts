import { describe, expect, test } from "vitest";
import type { EventOf, LogEvent } from "../../src/core/events.ts";
import { begin, fold } from "../../src/core/fold.ts";
import { OpenCommands } from "../../src/core/open-commands.ts";
import { deadlineOf, type RunState } from "../../src/core/run-state.ts";
import { encode } from "../../src/core/value.ts";
import { begun, busy, on, START, startEvent, stateAfter } from "./logs.ts";

describe("the fold of a log", () => {
  test("begins with what entry 0 says", () => {
    expect(begin(begun)).toEqual({
      workflow: "order",
      version: "1",
      input: encode(5, "it"),
      startedAt: START,
      position: 1,
      events: 1,
      at: START,
      open: OpenCommands.none,
    });
  });

  test("keeps when the run may start", () => {
    const later = { ...begun, events: [{ ...startEvent, startAt: START + 50 }] };
    expect(begin(later).startAt).toBe(START + 50);
    expect(begin(begun)).not.toHaveProperty("startAt");
  });

  test("refuses a log that does not begin with a start", () => {
    expect(() => begin({ ...begun, events: [on.completedRun()] })).toThrow();
    expect(() => begin({ ...begun, events: [] })).toThrow();
  });

  test("knows where the next entry goes and when the last was written", () => {
    const state = fold(begin(begun), {
      position: 1,
      id: "e",
      at: START + 9,
      events: [on.woken(0)],
    });
    expect(state).toMatchObject({ position: 2, at: START + 9 });
  });

  test("follows a state with another and changes none", () => {
    const before = stateAfter(on.started(0, "a"), on.requested());
    const seen = (state: RunState): unknown =>
      structuredClone({ ...state, open: state.open.values() });
    const was = seen(before);
    const after = fold(before, {
      position: 3,
      id: "e",
      at: START + 3,
      events: [on.completed(0, "a"), on.delivered(), on.started(1, "b", { shielded: true })],
    });
    expect(seen(before)).toEqual(was);
    expect(seen(after)).not.toEqual(was);
  });

  test("comes to the same however the events are cut into entries", () => {
    const events = [on.started(0, "a"), on.asleep(1, 50), on.completed(0, "a"), on.requested()];
    const whole = fold(begin(begun), { position: 1, id: "e", at: START + 4, events });
    const apart = stateAfter(...events);
    expect({
      ...whole,
      open: whole.open.values(),
      position: 5,
      begun: { at: START + 1, position: 1 },
    }).toEqual({
      ...apart,
      open: apart.open.values(),
    });
  });
});

describe("an open command", () => {
  test("is a step that runs until its lease ends", () => {
    const { open } = stateAfter(on.started(0, "charge", { claim: "c", lease: 500 }));
    expect(open.values()).toEqual([
      {
        kind: "step",
        command: 0,
        name: "charge",
        shielded: false,
        attempt: 1,
        phase: { type: "running", at: START + 1, claim: "c", lease: START + 500 },
      },
    ]);
  });

  test("is a step whose lease was renewed", () => {
    const { open } = stateAfter(on.started(0, "charge", { claim: "c", lease: 500 }), {
      type: "step.renewed",
      command: 0,
      step: "charge",
      attempt: 1,
      shielded: false,
      claim: "c",
      lease: START + 900,
    });
    expect(open.get(0)).toMatchObject({ phase: { type: "running", lease: START + 900 } });
  });

  test("is a step that waits for its next attempt", () => {
    const { open } = stateAfter(on.started(0, "a"), on.retrying(0, "a", { retryAt: 700 }));
    expect(open.get(0)).toMatchObject({
      attempt: 1,
      phase: { type: "retrying", retryAt: START + 700, error: busy },
    });
  });

  test("is a task, until it is absorbed", () => {
    const scheduled = [on.scheduled(0, "a"), on.scheduled(1, "b"), on.asleep(2, 50)];
    expect(
      stateAfter(...scheduled)
        .open.tasks()
        .map(({ name }) => name),
    ).toEqual(["a", "b"]);
    const absorbed = stateAfter(...scheduled, on.completed(1, "b"));
    expect(absorbed.open.tasks().map(({ name }) => name)).toEqual(["a"]);
    expect(absorbed.open.values().filter(({ kind }) => kind === "step")).toHaveLength(1);
  });

  test("is a task that knows with which others its entry was written", () => {
    const first = stateAfter(on.scheduled(0, "a"), on.scheduled(1, "b"));
    const { open } = fold(first, {
      position: 3,
      id: "e",
      at: START + 3,
      events: [on.completed(0, "a"), on.completed(1, "b"), on.scheduled(2, "c")],
    });
    expect(first.open.get(1)).toMatchObject({ phase: { position: 2, after: [] } });
    expect(open.get(2)).toMatchObject({
      phase: { type: "scheduled", at: START + 3, position: 3, after: [0, 1] },
    });
  });

  test("is a step that was cancelled, until the cancellation is delivered", () => {
    const asked = [on.started(0, "a"), on.requested(), on.cancelled(0, "a")];
    expect(stateAfter(...asked).open.get(0)).toMatchObject({ phase: { type: "cancelled" } });
    expect(stateAfter(...asked, on.delivered()).open.size).toBe(0);
  });

  test("is a sleep, until it is over", () => {
    const { open } = stateAfter(on.asleep(0, 50, true));
    expect(open.values()).toEqual([
      { kind: "sleep", command: 0, name: "sleep", shielded: true, until: START + 50 },
    ]);
    expect(stateAfter(on.asleep(0, 50), on.woken(0)).open.size).toBe(0);
  });

  test.each([on.completed(0, "a"), on.failed(0, "a")])("is open no more after $type", (event) => {
    expect(stateAfter(on.started(0, "a"), event).open.size).toBe(0);
  });
});

describe("a cancellation", () => {
  test("is known from its request on", () => {
    expect(stateAfter(on.requested(70)).cancellation).toEqual({
      reason: "enough",
      requestedBy: "alice",
      requestedAt: START + 1,
      gracePeriodMs: 70,
      cleanupSteps: 0,
      children: { asked: 0, ended: 0 },
    });
  });

  test("gives its time from the delivery on", () => {
    const delivered: LogEvent = { type: "cancellation.delivered", checkpoint: "sleep" };
    const { cancellation } = stateAfter(on.asleep(0, 50), on.requested(70), delivered);
    expect(cancellation?.delivered?.deadline).toBe(START + 3 + 70);
  });

  test("of a log that counts it from the request has as much time from the delivery on", () => {
    const { gracePeriodMs: _, ...asked } = on.requested() as EventOf<"cancellation.requested">;
    const old: LogEvent = { ...asked, deadline: START + 1 + 600 };
    const state = stateAfter(on.asleep(0, 50), old);
    expect(state.cancellation).toMatchObject({ gracePeriodMs: 600 });
    expect(deadlineOf(state, undefined)).toBeUndefined();
    const delivered: LogEvent = { type: "cancellation.delivered", checkpoint: "sleep" };
    expect(deadlineOf(stateAfter(on.asleep(0, 50), old, delivered), undefined)).toBe(
      START + 3 + 600,
    );
  });

  test("settles every unshielded command when it is delivered, and no shielded one", () => {
    const { open, cancellation } = stateAfter(
      on.started(0, "a"),
      on.asleep(1, 50),
      on.asleep(2, 50, true),
      on.scheduled(3, "d", { shielded: true }),
      on.requested(),
      on.delivered({ checkpoint: "sleep", deadline: 70 }),
    );
    expect(open.values().map(({ command }) => command)).toEqual([2, 3]);
    expect(cancellation?.delivered).toEqual({
      at: START + 6,
      checkpoint: "sleep",
      deadline: START + 70,
    });
  });

  test("counts nothing of a shield that was open before as clean-up", () => {
    const shielded = { shielded: true };
    const note: LogEvent = { ...on.started(1, "note", shielded), cleanup: false } as LogEvent;
    const { cancellation } = stateAfter(
      on.requested(),
      on.delivered(),
      note,
      on.retrying(1, "note", shielded),
      on.started(1, "note", { ...shielded, attempt: 2 }),
      on.started(2, "release", shielded),
    );
    expect(cancellation?.cleanupSteps).toBe(1);
  });

  test("counts the steps that begin after it as clean-up, each once", () => {
    const shielded = { shielded: true };
    const { cancellation } = stateAfter(
      on.started(0, "before", shielded),
      on.requested(),
      on.started(4, "between", shielded),
      on.delivered(),
      on.completed(0, "before", shielded),
      on.started(1, "release", shielded),
      on.retrying(1, "release", shielded),
      on.started(1, "release", { ...shielded, attempt: 2 }),
      on.completed(1, "release", { ...shielded, attempt: 2 }),
      on.scheduled(2, "refund", shielded),
      on.scheduled(3, "notify", shielded),
    );
    expect(cancellation?.cleanupSteps).toBe(3);
  });
});

test.each([
  ["completed", on.completedRun()],
  ["failed", { type: "workflow.failed", error: busy }],
  ["cancelled", { type: "workflow.cancelled", error: busy }],
  ["terminated", { type: "workflow.terminated" }],
] as const)("a run has ended as %s", (ended, event) => {
  expect(stateAfter(event).ended).toBe(ended);
  expect(stateAfter(on.requested()).ended).toBeUndefined();
});
