import { describe, expect, it } from "vitest";
import type { Entry, LogEvent } from "../../src/core/events.ts";
import { encode } from "../../src/core/value.ts";
import type { RunHead } from "../../src/ports/store.ts";
import { brokenInvariants } from "../../src/testing/invariants.ts";
import { begun, on, START } from "../core/logs.ts";

const hook = { command: 0, hook: "approval", shielded: false };
const created: LogEvent = { type: "hook.created", ...hook };
const received: LogEvent = { type: "hook.received", ...hook, payload: encode(1, "it") };

const sent: LogEvent = {
  ...{ type: "message.received", message: 0, channel: "words" },
  payload: encode(1, "it"),
};
const receive = { command: 0, channel: "words", shielded: false };
const waiting: LogEvent = { type: "receive.started", ...receive };
const taken: LogEvent = { type: "receive.completed", ...receive, message: 0 };

/** A log of these entries after its start. */
function logOf(...entries: (LogEvent | LogEvent[])[]): Entry[] {
  const rest = entries.map((events, index) => ({
    position: index + 1,
    id: `e${index}`,
    at: START + index + 1,
    events: [events].flat(),
  }));
  return [begun, ...rest];
}

const requested = { ...on.requested(), requestedAt: START + 1 };

describe("the invariants of pauses", () => {
  it.each<[string, Entry[]]>([
    ["what begins before and after", logOf(on.paused(), on.resumed(), on.asleep(0, 1))],
    ["what is shielded", logOf(on.paused(), on.asleep(0, 1, true))],
    ["what ends", logOf(on.asleep(0, 3), on.paused(), on.woken(0))],
    ["a retry that is noted", logOf(on.started(0, "a"), on.paused(), on.retrying(0, "a"))],
    ["a hook that begins with its payload", logOf(on.paused(), [created, received])],
    ["a receive that is handed a message", logOf(waiting, on.paused(), [sent, taken])],
    ["a message that is kept", logOf(on.paused(), sent, on.resumed(), taken)],
    ["a pause that a request ends", logOf(on.paused(), requested)],
    ["another pause", logOf(on.paused(), on.resumed(), on.paused())],
  ])("take %s", (_, log) => {
    expect(brokenInvariants(log)).toEqual([]);
  });

  it.each<[string, string, Entry[]]>([
    ["L41", "a second pause", logOf(on.paused(), on.paused())],
    ["L41", "a resume of no pause", logOf(on.resumed())],
    ["L41", "a second resume", logOf(on.paused(), on.resumed(), on.resumed())],
    ["L41", "a pause after a request", logOf(requested, on.paused())],
    ["L41", "a resume after a request", logOf(on.paused(), requested, on.resumed())],
    ["L42", "a step that is claimed", logOf(on.paused(), on.started(0, "a"))],
    ["L42", "a step that is scheduled", logOf(on.paused(), on.scheduled(0, "a"))],
    ["L42", "a sleep that begins", logOf(on.paused(), on.asleep(0, 9))],
    ["L42", "a receive that takes a message", logOf(on.paused(), [sent, taken])],
    ["L42", "a hook that begins", logOf(on.paused(), created)],
    ["L42", "a hook that begins before its payload", logOf(on.paused(), created, received)],
    [
      "L42",
      "a step that is tried again",
      logOf(on.started(0, "a"), on.retrying(0, "a", { retryAt: 3 }), on.paused(), [
        on.started(0, "a", { attempt: 2 }),
      ]),
    ],
  ])("find by %s %s", (label, _, log) => {
    const found = brokenInvariants(log);
    expect(found).not.toEqual([]);
    for (const each of found) expect(each).toMatch(new RegExp(`^${label}: `));
  });
});

describe("the head of a paused run", () => {
  const pause = { reason: "maintenance", requestedBy: "bob", at: START + 1 };
  const head = (more: Partial<RunHead>): RunHead => ({
    ...{ runId: "run_1", incarnation: "i", workflow: "order", version: "1", tags: [] },
    ...{ createdAt: START, status: "paused", position: 1, dueAt: START, resends: 0 },
    keepAt: START,
    pause,
    ...more,
  });

  it("agrees with its log", () => {
    expect(brokenInvariants(logOf(on.paused()), head({}))).toEqual([]);
  });

  it.each<[string, Entry[], RunHead]>([
    ["another status", logOf(on.paused()), head({ status: "running" })],
    ["another time", logOf(on.paused()), head({ pause: { ...pause, at: START } })],
    ["another reason", logOf(on.paused()), head({ pause: { ...pause, reason: "fun" } })],
    ["a pause that is over", logOf(on.paused(), on.resumed()), head({ status: "running" })],
    ["that it is paused still", logOf(on.paused(), on.resumed()), head({})],
    ["a pause that a request has ended", logOf(on.paused(), requested), head({})],
  ])("is found to say %s", (_, log, wrong) => {
    expect(brokenInvariants(log, wrong).join("\n")).toMatch(/^L21: /);
  });
});
