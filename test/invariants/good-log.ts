/** A log that keeps every promise, to be broken in one place at a time. */
import type { Entry, LogEvent } from "../../src/core/events.ts";
import { encode, encodeError } from "../../src/core/value.ts";
import type { RunHead } from "../../src/ports/store.ts";

/** One second lies between two entries; entry `n` is written at `at(n)`. */
export function at(position: number): number {
  return 1_000_000 + position * 1000;
}

function logOf(...rows: LogEvent[][]): Entry[] {
  return rows.map((events, position) => ({
    position,
    id: `entry-${position}`,
    at: at(position),
    events,
  }));
}

export const value = encode("done", "a value");
export const failure = encodeError(new Error("out of paper"));

function step(command: number, name: string, attempt = 1, shielded = false) {
  return { command, step: name, attempt, shielded };
}

export const started: LogEvent = {
  type: "workflow.started",
  workflow: "order",
  version: "1",
  input: value,
};

/** Retried, renewed, asleep, cancelled while a step executes and a sleep waits, cleaned up. */
export function goodLog(): Entry[] {
  return logOf(
    [started],
    [{ type: "step.started", ...step(0, "reserve"), claim: "a", lease: at(9) }],
    [{ type: "step.retrying", ...step(0, "reserve"), error: failure, retryAt: at(3) }],
    [{ type: "step.started", ...step(0, "reserve", 2), claim: "b", lease: at(6) }],
    [{ type: "step.renewed", ...step(0, "reserve", 2), claim: "b", lease: at(9) }],
    [
      { type: "step.completed", ...step(0, "reserve", 2), result: value },
      { type: "sleep.started", command: 1, shielded: false, until: at(6) },
    ],
    [
      { type: "sleep.completed", command: 1, shielded: false },
      { type: "sleep.started", command: 2, shielded: false, until: at(99) },
      { type: "step.started", ...step(3, "charge"), claim: "c", lease: at(20) },
    ],
    [
      {
        type: "cancellation.requested",
        reason: "changed my mind",
        requestedAt: at(7),
        gracePeriodMs: 42_000,
      },
    ],
    [
      { type: "step.completed", ...step(3, "charge"), result: value },
      { type: "sleep.cancelled", command: 2, shielded: false },
      { type: "cancellation.delivered", checkpoint: "sleep", command: 2, deadline: at(50) },
      { type: "step.started", ...step(4, "refund", 1, true), claim: "d", lease: at(20) },
    ],
    [
      { type: "step.completed", ...step(4, "refund", 1, true), result: value },
      { type: "workflow.cancelled", error: failure },
    ],
  );
}

/** The head that belongs to it. */
export function goodHead(): RunHead {
  const [start] = goodLog();
  if (!start) throw new Error("a log has a start");
  return {
    runId: "run_1",
    incarnation: "incarnation-1",
    workflow: "order",
    version: "1",
    start,
    tags: [],
    createdAt: at(0),
    startedAt: at(1),
    endedAt: at(9),
    status: "cancelled",
    position: 9,
    resends: 0,
    keepAt: at(1000),
    expiresAt: at(1000),
    closing: { error: failure },
    cancellation: {
      reason: "changed my mind",
      requestedAt: at(7),
      deliveredAt: at(8),
      checkpoint: "sleep",
      deadline: at(50),
      cleanup: { steps: 1, finished: true, durationMs: 1000 },
    },
  };
}

/** Two tasks, of which one made several attempts in its own item. */
export function goodTasks(): Entry[] {
  return logOf(
    [started],
    [
      { type: "step.scheduled", ...step(0, "left") },
      { type: "step.scheduled", ...step(1, "right") },
    ],
    [{ type: "step.completed", ...step(1, "right", 3), result: value, startedAt: at(1) }],
    [
      { type: "step.abandoned", ...step(0, "left") },
      { type: "workflow.completed", output: value },
    ],
  );
}

function hook(command: number, name: string) {
  return { command, hook: name, shielded: false };
}

/** Hooks that are answered, over with their time, and open at the end. */
export function goodHooks(): Entry[] {
  return logOf(
    [started],
    [
      { type: "hook.created", ...hook(0, "patient"), expiresAt: at(4) },
      { type: "hook.created", ...hook(1, "answered"), expiresAt: at(9) },
      { type: "hook.created", ...hook(2, "open") },
    ],
    [{ type: "hook.received", ...hook(1, "answered"), payload: value }],
    [{ type: "sleep.started", command: 3, shielded: false, until: at(9) }],
    [{ type: "hook.expired", ...hook(0, "patient") }],
    [
      { type: "sleep.cancelled", command: 3, shielded: false },
      { type: "hook.cancelled", ...hook(2, "open") },
      { type: "workflow.completed", output: value },
    ],
  );
}

function receive(command: number, shielded = false) {
  return { command, channel: "words", shielded };
}

function message(number: number, channel = "words") {
  return { type: "message.received" as const, message: number, channel, payload: value };
}

/** Messages that are there, are waited for, come too late, come after the request, and are left. */
export function goodMessages(): Entry[] {
  return logOf(
    [started],
    [{ ...message(0), messageId: "a" }],
    [
      { type: "receive.completed", ...receive(0), message: 0 },
      { type: "receive.started", ...receive(1) },
    ],
    [
      { ...message(1), messageId: "b" },
      { type: "receive.completed", ...receive(1), message: 1 },
    ],
    [{ type: "receive.started", ...receive(2), expiresAt: at(5) }],
    [
      { type: "receive.expired", ...receive(2) },
      { type: "receive.started", ...receive(3) },
    ],
    [{ type: "cancellation.requested", requestedAt: at(6), gracePeriodMs: 42_000 }],
    [message(2), message(3)],
    [
      { type: "receive.cancelled", ...receive(3) },
      { type: "cancellation.delivered", checkpoint: "channel words", deadline: at(50) },
      { type: "receive.completed", ...receive(4, true), message: 2 },
    ],
    [message(4, "more"), message(5)],
    [{ type: "workflow.cancelled", error: failure }],
  );
}

function child(command: number) {
  return { command, child: `run_${command}`, workflow: "shipment", shielded: false };
}

/** Children of which one completes, one is cancelled with its parent, and one goes on without it. */
export function goodFamily(): Entry[] {
  return logOf(
    [started],
    [
      { type: "child.started", ...child(0) },
      { type: "child.started", ...child(1) },
      { type: "child.started", ...child(2), onParentEnd: "abandon" },
      { type: "child.refused", ...child(3), error: value },
    ],
    [{ type: "child.cancelRequested", ...child(4), target: 1 }],
    [{ type: "child.completed", ...child(0), output: value }],
    [{ type: "cancellation.requested", requestedAt: at(4), gracePeriodMs: 52_000 }],
    [
      { type: "child.cancelled", ...child(1), status: "cancelled", error: value },
      { type: "child.abandoned", ...child(2) },
      { type: "cancellation.delivered", checkpoint: "child shipment", deadline: at(57) },
    ],
    [{ type: "workflow.cancelled", error: value }],
  );
}
