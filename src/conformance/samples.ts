/** Runs, entries and claims to try a store with. */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { Entry, LogEvent } from "../core/events.ts";
import type { Encoded } from "../core/value.ts";
import type { RunHead, RunKey, StartedHead, TaskChange, TaskClaim } from "../ports/store.ts";

const PROCESS = randomUUID().slice(0, 8);
let made = 0;

/** Different from every other, also of a process that has tried the same store before. */
export function unique(prefix: string): string {
  return `${prefix}-${PROCESS}-${++made}`;
}

/** The head of a run that was just started, with a small entry 0. */
export function newHead(fields: Partial<RunHead> = {}): StartedHead {
  const head = {
    runId: unique("run"),
    incarnation: unique("inc"),
    workflow: "order",
    version: "1",
    tags: ["blue", "größe:XL"],
    createdAt: 1_000,
    status: "pending" as const,
    position: 0,
    dueAt: 1_000,
    resends: 0,
    keepAt: 50_000,
    ...fields,
  };
  const { workflow, version, createdAt: at } = head;
  const started = { type: "workflow.started" as const, workflow, version, input: [{ id: 1 }, "é"] };
  return {
    ...head,
    start: fields.start ?? { position: 0, id: unique("start"), at, events: [started] },
  };
}

/** Entry 0 of a run with this input. */
export function startWith(input: Encoded): Entry {
  const [workflow, version] = ["order", "1"];
  const started = { type: "workflow.started" as const, workflow, version, input };
  return { position: 0, id: unique("start"), at: 1_000, events: [started] };
}

export function keyOf({ runId, incarnation }: RunKey): RunKey {
  return { runId, incarnation };
}

export function newEntry(position: number, fields: Partial<Entry> = {}): Entry {
  return {
    position,
    id: unique("entry"),
    at: 1_000 + position,
    events: [sleepStarted(position)],
    ...fields,
  };
}

function sleepStarted(command: number): LogEvent {
  return { type: "sleep.started", command, shielded: false, until: 5_000 };
}

/** An entry whose events take this many bytes as JSON in UTF-8. */
export function entryOfSize(position: number, bytes: number, letter = "x"): Entry {
  const of = (reason: string): Entry =>
    newEntry(position, { events: [{ type: "workflow.terminated", reason }] });
  const frame = Buffer.byteLength(JSON.stringify(of("").events));
  const letters = Math.floor((bytes - frame) / Buffer.byteLength(letter));
  const filled = letter.repeat(letters);
  return of(filled + "x".repeat(bytes - frame - Buffer.byteLength(filled)));
}

export function newClaim(fields: Partial<TaskClaim> = {}): TaskClaim {
  return {
    claim: unique("claim"),
    attempt: 1,
    lease: 20_000,
    startedAt: 10_000,
    now: 10_000,
    leaseEndedBefore: 9_000,
    ...fields,
  };
}

export function newKey(): RunKey {
  return keyOf(newHead());
}

export function finish(result: number): TaskChange {
  return { type: "finish", end: { type: "completed", result: [result] } };
}

export const retry: TaskChange = {
  type: "retry",
  retryAt: 30_000,
  error: [{ message: 1 }, "héé"],
};
