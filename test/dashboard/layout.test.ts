import { describe, expect, test } from "vitest";
import type { Lane } from "../../src/dashboard/timeline/lane.ts";
import { layOut, type Row } from "../../src/dashboard/timeline/layout.ts";
import {
  inboxText,
  laneText,
  markDetail,
  markTitle,
  messageText,
} from "../../src/dashboard/timeline/words.ts";
import { eventsOf, stepNamed, type Told } from "./logs.ts";

const START: Told = [0, "workflow.started", { workflow: "order", version: "1" }];
const charge = (more = {}) => stepNamed("charge", 0, more);
const refund = (more = {}) => stepNamed("refund", 1, { shielded: true, ...more });

const laneIn = (...told: Told[]): Lane => {
  const [lane] = layOut(eventsOf(START, ...told)).lanes;
  if (!lane) throw new Error("No lane");
  return lane;
};
const barsIn = (...told: Told[]) =>
  laneIn(...told).segments.map(({ kind, outcome, from, to }) => [kind, outcome, from, to]);
const nameOf = (row: Row) => {
  if ("inbox" in row) return row.inbox.channel;
  return "lane" in row ? row.lane.name : row.mark.kind;
};

describe("a lane of the timeline", () => {
  test("tells of code that was left behind", () => {
    const error = new Error("took too long");
    const left = { error, leftBehind: true, retryAt: new Date(80) };
    expect(
      laneText(laneIn([10, "step.started", charge()], [30, "step.retrying", charge(left)]), 40),
    ).toBe(
      "step charge: attempt 1 failed after 20 ms, and left behind while it still executed, pausing for 10 ms",
    );
  });

  test("of what nobody awaited says that it never began", () => {
    expect(barsIn([20, "step.abandoned", charge({ attempt: 0 })])).toEqual([
      ["attempt", "unbegun", 20, 20],
    ]);
    expect(laneText(laneIn([20, "step.abandoned", charge({ attempt: 0 })]), 1000)).toBe(
      "step charge: never awaited, so it never began",
    );
    const sleep = { command: 0, shielded: false, begun: false };
    expect(laneText(laneIn([20, "sleep.cancelled", sleep]), 1000)).toBe(
      "sleep: never awaited, so it never began",
    );
  });

  test("has a bar for each attempt, and for the pause between two", () => {
    const error = new Error("declined");
    const told: Told[] = [
      [10, "step.started", charge()],
      [30, "step.retrying", charge({ error, retryAt: new Date(80) })],
      [85, "step.started", charge({ attempt: 2 })],
      [95, "step.completed", charge({ attempt: 2, result: "paid" })],
    ];
    expect(barsIn(...told)).toEqual([
      ["attempt", "failed", 10, 30],
      ["backoff", "completed", 30, 85],
      ["attempt", "completed", 85, 95],
    ]);
    const [first, pause, last] = laneIn(...told).segments;
    expect(first?.error).toBe(error);
    expect(pause?.until).toBe(80);
    expect(last).toMatchObject({ attempt: 2, result: "paid" });
    expect(laneText(laneIn(...told), 1000)).toBe(
      "step charge: attempt 1 failed after 20 ms, a pause of 55 ms, attempt 2 completed in 10 ms",
    );
  });

  test("tells an attempt that was lost from one that failed", () => {
    expect(
      barsIn(
        [10, "step.started", charge()],
        [15, "step.renewed", charge()],
        [60, "step.started", charge({ attempt: 2 })],
        [70, "step.failed", charge({ attempt: 2, error: new Error("no") })],
      ),
    ).toEqual([
      ["attempt", "lost", 10, 60],
      ["attempt", "failed", 60, 70],
    ]);
  });

  test("shows since when a task was queued, and when its last attempt began", () => {
    expect(
      barsIn(
        [10, "step.scheduled", charge()],
        [90, "step.completed", charge({ attempt: 3, startedAt: new Date(70) })],
      ),
    ).toEqual([
      ["queued", "completed", 10, 70],
      ["attempt", "completed", 70, 90],
    ]);
  });

  test("ends with a task that was cancelled before it began", () => {
    expect(barsIn([10, "step.scheduled", charge()], [90, "step.cancelled", charge()])).toEqual([
      ["queued", "cancelled", 10, 90],
    ]);
  });

  test("is open as long as nothing ends it", () => {
    expect(barsIn([10, "sleep.started", { command: 0, until: new Date(99) }])).toEqual([
      ["sleep", "open", 10, undefined],
    ]);
  });
});

describe("what a run is sent", () => {
  const receive = (command: number, more = {}) => ({
    channel: "votes",
    command,
    shielded: false,
    ...more,
  });
  const sent = (message: number, more = {}) => ({ channel: "votes", message, payload: 7, ...more });
  const votes = eventsOf(
    START,
    [10, "message.received", sent(0, { sentBy: "carol", messageId: "m" })],
    [20, "receive.completed", receive(0, { message: 0 })],
    [20, "receive.started", receive(1, { expiresAt: new Date(90) })],
    [30, "message.received", sent(1)],
    [30, "receive.completed", receive(1, { message: 1 })],
    [40, "receive.started", receive(2)],
    [50, "receive.expired", receive(2)],
    [60, "message.received", { ...sent(2, { sentBy: "bob" }), channel: "more" }],
    [70, "receive.started", receive(3, { shielded: true })],
    [80, "receive.cancelled", receive(3, { shielded: true })],
    [80, "receive.cancelled", receive(4, { begun: false })],
  );

  test("stands in a row for each channel, with who sent it", () => {
    const { rows, inboxes } = layOut(votes);
    expect(rows.map(nameOf)).toEqual([
      "votes",
      "votes",
      "votes",
      "votes",
      "more",
      "votes",
      "votes",
    ]);
    expect(inboxes.map(inboxText)).toEqual([
      "channel votes: 2 messages",
      "channel more: 1 message from bob",
    ]);
    expect(inboxes[0]?.messages.map(messageText)).toEqual([
      "a message from carol, with the id m",
      "a message",
    ]);
  });

  test("is told of with what took it", () => {
    const { lanes } = layOut(votes);
    expect(lanes.map((lane) => laneText(lane, 99))).toEqual([
      "receive on channel votes: took a message from carol that was there",
      "receive on channel votes: a message after 10 ms",
      "receive on channel votes: no message in 10 ms",
      "shielded receive on channel votes: cancelled after 10 ms",
      "receive on channel votes: never awaited, so it never began",
    ]);
    expect(lanes[0]?.segments).toMatchObject([{ result: 7, sentBy: "carol", from: 20, to: 20 }]);
  });
});

describe("what happens to the whole run", () => {
  const cancelled = eventsOf(
    START,
    [10, "step.started", charge()],
    [20, "cancellation.requested", { requestedBy: "alice" }],
    [30, "step.completed", charge()],
    [30, "cancellation.delivered", { checkpoint: "step ship" }],
    [40, "step.started", refund()],
    [60, "step.completed", refund()],
    [60, "workflow.cancelled"],
  );

  test("stands among the steps where it came into the log", () => {
    const { rows, from, to } = layOut(cancelled);
    expect(rows.map(nameOf)).toEqual(["charge", "requested", "delivered", "refund", "ended"]);
    expect([from, to]).toEqual([0, 60]);
  });

  test("makes clean-up of what is shielded and begins after the delivery, and of nothing else", () => {
    const { lanes } = layOut(
      eventsOf(
        START,
        [10, "step.started", refund({ command: 7, step: "pay" })],
        [20, "step.completed", refund({ command: 7, step: "pay" })],
        ...([[30, "cancellation.delivered", { checkpoint: "sleep" }]] satisfies Told[]),
        [40, "step.started", refund()],
        [40, "step.started", refund({ command: 8, step: "note", cleanup: false })],
      ),
    );
    expect(lanes.map(({ name, cleanup }) => [name, cleanup])).toEqual([
      ["pay", false],
      ["refund", true],
      ["note", false],
    ]);
  });

  test("ends at its delivery whatever waits unshielded, and leaves the shielded alone", () => {
    const { lanes } = layOut(
      eventsOf(
        START,
        [10, "sleep.started", { command: 0, shielded: false, until: new Date(999) }],
        [12, "step.retrying", stepNamed("ship", 2, { retryAt: new Date(500) })],
        [15, "step.started", refund()],
        [30, "cancellation.delivered", { checkpoint: "sleep" }],
      ),
    );
    expect(lanes.map(({ segments }) => segments.at(-1)?.outcome)).toEqual([
      "cancelled",
      "cancelled",
      "open",
    ]);
  });

  test("cuts off at its end what still executes", () => {
    const { lanes } = layOut(
      eventsOf(
        START,
        [10, "step.started", charge()],
        [20, "sleep.started", { command: 3, until: new Date(999) }],
        [50, "workflow.terminated"],
      ),
    );
    expect(lanes.map(({ segments }) => [segments[0]?.outcome, segments[0]?.to])).toEqual([
      ["abandoned", 50],
      ["cancelled", 50],
    ]);
  });

  test("is nothing yet of a log that is empty", () => {
    expect(layOut([])).toMatchObject({ rows: [], lanes: [], marks: [] });
  });

  test("shows a pause among the rest, and ends no lane by it", () => {
    const { rows, lanes } = layOut(
      eventsOf(
        START,
        [10, "step.scheduled", charge()],
        [20, "run.paused", { requestedBy: "alice" }],
        [50, "run.resumed"],
        [60, "step.scheduled", charge()],
      ),
    );
    expect(rows.map(nameOf)).toEqual(["charge", "paused", "resumed"]);
    expect(lanes[0]?.segments.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ["queued", 10, 60],
      ["queued", 60, undefined],
    ]);
    const [, pause] = rows;
    expect(pause && "mark" in pause && `${markTitle(pause.mark)} ${markDetail(pause.mark)}`).toBe(
      "Paused by alice",
    );
  });
});
