import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  EVENTS_PER_ENTRY,
  eventSchema,
  isTerminal,
  type LogEvent,
  positionOf,
  seqOf,
} from "../../src/core/events.ts";
import { encode } from "../../src/core/value.ts";
import { begun, busy, on } from "./logs.ts";

const asked = { command: 0, hook: "a", shielded: false };

const received = { command: 0, channel: "a", shielded: false };
const family = { command: 0, child: "run_1", workflow: "shipment", shielded: false };

const EVENTS: readonly LogEvent[] = [
  ...begun.events,
  on.scheduled(0, "a"),
  on.started(0, "a"),
  { ...on.started(0, "a"), type: "step.renewed" } as LogEvent,
  on.completed(0, "a"),
  on.failed(0, "a"),
  on.retrying(0, "a"),
  on.cancelled(0, "a"),
  { ...on.scheduled(0, "a"), type: "step.abandoned" } as LogEvent,
  on.asleep(0, 5),
  on.woken(0),
  { ...on.woken(0), type: "sleep.cancelled" } as LogEvent,
  { type: "hook.created", ...asked, expiresAt: 5, schema: { type: "object" } },
  { type: "hook.received", ...asked, payload: encode({ ok: true }, "it") },
  { type: "hook.expired", ...asked },
  { type: "hook.cancelled", ...asked, begun: false },
  { type: "receive.started", ...received, expiresAt: 5 },
  { type: "receive.completed", ...received, message: 3 },
  { type: "receive.expired", ...received },
  { type: "receive.cancelled", ...received, begun: false },
  {
    type: "message.received",
    message: 3,
    channel: "a",
    payload: encode({ ok: true }, "it"),
    messageId: "m",
    sentBy: "bob",
  },
  { type: "child.carried", command: 0, child: "c", workflow: "w", shielded: false },
  {
    type: "child.inherited",
    ...{ command: 0, child: "c", workflow: "w", shielded: false },
    born: { incarnation: "i", command: 3 },
    asked: { reason: "r" },
  },
  { type: "messages.remembered", messageIds: ["m"] },
  { type: "workflow.continued", command: 0, generation: 2 },
  { type: "generation.refused", command: 0, shielded: false, error: busy },
  { type: "generation.cancelled", command: 0, shielded: false, begun: false },
  on.paused(),
  on.resumed(),
  { type: "child.started", ...family, onParentEnd: "abandon" },
  { type: "child.refused", ...family, error: busy },
  { type: "child.completed", ...family, output: encode({ ok: true }, "it") },
  { type: "child.failed", ...family, status: "terminated", error: busy },
  { type: "child.cancelled", ...family, status: "cancelled", error: busy },
  { type: "child.abandoned", ...family, begun: false },
  { type: "child.cancelRequested", ...family, target: 1, reason: "no more" },
  { type: "child.cancelAbandoned", ...family, target: 1 },
  on.requested(),
  on.delivered(),
  on.completedRun(),
  { type: "workflow.failed", error: busy },
  { type: "workflow.cancelled", error: busy },
  { type: "workflow.terminated", reason: "stuck", requestedBy: "bob" },
];

describe("the schema of events", () => {
  test.each(EVENTS)("takes $type as it is kept", (event) => {
    expect(eventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  test("knows these types and no other", () => {
    const types = eventSchema.def.options.map(({ shape }) => shape.type.def.values[0]);
    expect([...types].sort()).toEqual(EVENTS.map(({ type }) => type).sort());
  });

  test.each<[string, object]>([
    ["an unknown type", { type: "step.exploded", command: 0 }],
    ["no type", { command: 0 }],
    ["a negative command", { ...on.woken(0), command: -1 }],
    ["a command that is no whole number", { ...on.woken(0), command: 0.5 }],
    ["a step without its name", { ...on.started(0, "a"), step: undefined }],
    ["a step without its claim", { ...on.started(0, "a"), claim: undefined }],
    ["a time that is text", { ...on.asleep(0, 5), until: "soon" }],
    ["a result that was not encoded", { ...on.completed(0, "a"), result: { done: true } }],
  ])("refuses %s", (_, event) => {
    expect(eventSchema.safeParse(event).success).toBe(false);
  });
});

test("only the ends of a run are terminal", () => {
  const terminal = EVENTS.filter(isTerminal).map(({ type }) => type);
  expect(terminal).toEqual([
    "workflow.completed",
    "workflow.failed",
    "workflow.cancelled",
    "workflow.terminated",
  ]);
});

test("the number of an event grows along the log and leads back to its entry", async () => {
  const place = fc.tuple(fc.nat(1_000_000), fc.nat(EVENTS_PER_ENTRY - 1));
  await fc.assert(
    fc.property(place, place, ([position, index], [otherPosition, otherIndex]) => {
      const seq = seqOf(position, index);
      expect(positionOf(seq)).toBe(position);
      const isLater = position - otherPosition || index - otherIndex;
      expect(Math.sign(seq - seqOf(otherPosition, otherIndex))).toBe(Math.sign(isLater));
    }),
  );
});
