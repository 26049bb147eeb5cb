import { describe, expect, it } from "vitest";
import type { Entry, LogEvent } from "../../src/core/events.ts";
import {
  assertInvariants,
  assertSuccession,
  brokenInvariants,
} from "../../src/testing/invariants.ts";
import { at, started, value } from "./good-log.ts";

function logOf(...rows: LogEvent[][]): Entry[] {
  return rows.map((events, position) => ({
    position,
    id: `e${position}`,
    at: at(position),
    events,
  }));
}

const message = { type: "message.received" as const, channel: "words", payload: value };
const continued: LogEvent = { type: "workflow.continued", command: 0, generation: 2 };
const goesOn: LogEvent = {
  ...(started as Extract<LogEvent, { type: "workflow.started" }>),
  generation: 2,
  began: at(0),
  first: { input: "digest" },
};

const past = (...more: LogEvent[]): Entry[] =>
  logOf(
    [started],
    [{ ...message, message: 0, messageId: "a" }],
    [{ type: "receive.completed", command: 1, channel: "words", shielded: false, message: 0 }],
    [{ ...message, message: 1, messageId: "b", sentBy: "bob" }],
    [...more, continued],
  );

const next = (...rows: LogEvent[][]): Entry[] => logOf([goesOn], ...rows);
const carried: LogEvent = { ...message, message: 0, messageId: "b", sentBy: "bob", carried: true };
const remembered: LogEvent = { type: "messages.remembered", messageIds: ["a"] };

describe("the invariants of generations", () => {
  it("find nothing in good ones", () => {
    expect(brokenInvariants(past())).toEqual([]);
    expect(brokenInvariants(next([carried], [remembered]))).toEqual([]);
    expect(() => assertSuccession(past(), next([carried], [remembered]))).not.toThrow();
  });

  it.each<[string, Entry[], string]>([
    ["a log that is exchanged while its run is paused", past({ type: "run.paused" }), "L50"],
    ["something after the exchange", logOf([started], [continued], [remembered]), "L5"],
    ["the memory of another log in a first one", logOf([started], [remembered]), "L51"],
    ["a message that is carried later", next([remembered], [continued], [carried]), "L51"],
    [
      "a first generation that says it is a later one",
      logOf([{ ...goesOn, generation: 1 } as LogEvent]),
      "L51",
    ],
  ])("find %s", (_, log, label) => {
    expect(() => assertInvariants(log)).toThrow(`- ${label}: `);
  });

  it.each<[string, Entry[]]>([
    ["a message that got lost", next([remembered])],
    ["a message that comes once more", next([carried], [{ ...carried, message: 1 }], [remembered])],
    ["one of another sender", next([{ ...carried, sentBy: "eve" }], [remembered])],
    ["an id that is forgotten", next([carried])],
    ["another number", logOf([{ ...goesOn, generation: 3 } as LogEvent], [carried], [remembered])],
    [
      "another beginning",
      logOf([{ ...goesOn, began: at(1) } as LogEvent], [carried], [remembered]),
    ],
  ])("find between two generations %s", (_, following) => {
    expect(() => assertSuccession(past(), following)).toThrow("- L52: ");
  });
});
