import { describe, expect, it } from "vitest";
import type { Entry, LogEvent } from "../../src/core/events.ts";
import type { CancellationRecord } from "../../src/core/run.ts";
import type { RunHead } from "../../src/ports/store.ts";
import { assertInvariants, brokenInvariants, INVARIANTS } from "../../src/testing/invariants.ts";
import {
  at,
  failure,
  goodFamily,
  goodHead,
  goodHooks,
  goodLog,
  goodMessages,
  goodTasks,
  started,
  value,
} from "./good-log.ts";

type Change = (log: Entry[]) => void;
type Fields = Record<string, unknown>;

const shieldless = { attempt: 1, shielded: false };
const requested: LogEvent = {
  type: "cancellation.requested",
  requestedAt: at(8),
  gracePeriodMs: 52_000,
};

/** The event of a type, the first from an entry on. */
function event(log: Entry[], type: LogEvent["type"], from = 0): Fields {
  const found = log
    .slice(from)
    .flatMap(({ events }) => events)
    .find((each) => each.type === type);
  if (!found) throw new Error(`no ${type}`);
  return found as unknown as Fields;
}

function events(log: Entry[], position: number): LogEvent[] {
  const entry = log[position];
  if (!entry) throw new Error(`no entry ${position}`);
  return entry.events;
}

const set =
  (type: LogEvent["type"], fields: Fields, from = 0): Change =>
  (log) =>
    Object.assign(event(log, type, from), fields);

const add =
  (position: number, ...more: LogEvent[]): Change =>
  (log) =>
    events(log, position).push(...more);

const addFirst =
  (position: number, ...more: LogEvent[]): Change =>
  (log) =>
    events(log, position).unshift(...more);

const drop =
  (position: number, index: number): Change =>
  (log) =>
    events(log, position).splice(index, 1);

const entry =
  (position: number, fields: Partial<Entry>): Change =>
  (log) =>
    Object.assign(log[position] ?? {}, fields);

const hookFields = { command: 0, hook: "patient", shielded: false };

const started8: LogEvent = {
  type: "step.started",
  command: 8,
  step: "more",
  claim: "x",
  lease: at(99),
  ...shieldless,
};

/** Each breaks one promise of a good log, and is to be found under that promise. */
const VIOLATIONS: Record<string, Record<string, Change>> = {
  L1: {
    "a gap": entry(4, { position: 5 }),
    "a lost first entry": (log) => void log.shift(),
  },
  L2: {
    "no start": (log) => void events(log, 0).splice(0, 1, requested),
    "a second start": add(3, started),
    "a start with company": add(0, started8),
  },
  L3: {
    "an empty entry": (log) => void events(log, 4).splice(0),
    "one id twice": entry(5, { id: "entry-3" }),
    "too many events": (log) =>
      void events(log, 5).push(
        ...Array.from({ length: 1000 }, (): LogEvent => ({ ...started8, command: 9 })),
      ),
  },
  L4: { "a time that goes back": entry(5, { at: at(3) }) },
  L5: {
    "an event after the end": add(9, { ...started8, shielded: true }),
    "an entry after the end": (log) =>
      void log.push({ position: 10, id: "entry-10", at: at(10), events: [started8] }),
    "two ends": add(9, { type: "workflow.terminated" }),
  },
  L6: {
    "a second request": add(8, requested),
    "a second delivery": add(8, { type: "cancellation.delivered", checkpoint: "sleep" }),
    "a delivery before the request": addFirst(7, {
      type: "cancellation.delivered",
      checkpoint: "sleep",
    }),
  },
  L7: {
    "an unshielded claim": add(7, started8),
    "an unshielded task": add(7, { type: "step.scheduled", command: 8, step: "x", ...shieldless }),
    "a retry": addFirst(8, {
      type: "step.retrying",
      command: 3,
      step: "charge",
      error: failure,
      retryAt: at(9),
      ...shieldless,
    }),
    "a receive that gets a message": addFirst(8, {
      type: "receive.completed",
      command: 3,
      channel: "words",
      shielded: false,
      message: 2,
    }),
    "a new sleep": add(7, { type: "sleep.started", command: 8, shielded: false, until: at(9) }),
    "a sleep that runs its course": (log) => {
      set("sleep.started", { until: at(8) }, 6)(log);
      set("sleep.cancelled", { type: "sleep.completed" })(log);
    },
  },
  L8: {
    "a step that still executes": (log) => {
      const [completed] = events(log, 8).splice(0, 1);
      if (completed) events(log, 9).unshift(completed);
    },
    "a step that still executes and counts as cancelled": (log) => {
      events(log, 8).splice(0, 1, {
        type: "step.cancelled",
        command: 3,
        step: "charge",
        ...shieldless,
      });
    },
    "a shielded step that still executes": (log) => {
      const [refund] = events(log, 8).splice(3, 1);
      if (refund) events(log, 6).push(refund);
    },
    "a shielded sleep": addFirst(8, {
      type: "sleep.started",
      command: 8,
      shielded: true,
      until: at(9),
    }),
  },
  L9: {
    "a sleep left open": drop(8, 1),
    "a late result of an unshielded step": (log) => {
      const [completed] = events(log, 8).splice(0, 1);
      if (completed) events(log, 9).unshift(completed);
    },
    "a late cancellation": (log) => {
      const [cancelled] = events(log, 8).splice(1, 1);
      if (cancelled) events(log, 9).unshift(cancelled);
    },
  },
  L10: {
    "a step completed twice": (log) => void events(log, 6).push(...events(log, 5).slice(0, 1)),
    "a claim after the result": add(6, {
      ...started8,
      command: 0,
      step: "reserve",
      attempt: 3,
    } as LogEvent),
    "a completed and cancelled sleep": add(8, {
      type: "sleep.cancelled",
      command: 1,
      shielded: false,
    }),
    "a hook that is answered twice": (log) => void events(log, 3).push(...events(log, 2)),
    "a hook that is answered after its time": add(4, {
      ...hookFields,
      type: "hook.received",
      payload: value,
    }),
  },
  L11: {
    "a result out of nowhere": drop(6, 2),
    "a sleep out of nowhere": drop(5, 1),
    "a step that never began, before the end": add(8, {
      type: "step.abandoned",
      command: 9,
      step: "notify",
      attempt: 0,
      shielded: true,
    }),
    "a step that began and is said not to have": addFirst(9, {
      type: "step.abandoned",
      command: 9,
      step: "notify",
      attempt: 1,
      shielded: true,
    }),
  },
  L12: {
    "another name": set("step.completed", { step: "ship" }),
    "another shield": set("step.completed", { shielded: true }),
    "a sleep for a step": set("sleep.completed", { command: 0 }),
  },
  L13: {
    "an attempt left out": set("step.started", { attempt: 3 }, 3),
    "a first attempt that is not the first": set("step.started", { attempt: 2 }, 6),
    "the end of another attempt": set("step.completed", { attempt: 1 }, 5),
    "a task that counts back": (log) => {
      set("step.scheduled", { attempt: 2 }, 1)(log);
      add(2, { ...started8, command: 0, step: "left", attempt: 1 } as LogEvent)(log);
    },
  },
  L14: {
    "a takeover of a live claim": (log) => {
      events(log, 2).splice(0, 1, {
        ...started8,
        command: 0,
        step: "reserve",
        attempt: 2,
      } as LogEvent);
    },
    "a renewal by another": set("step.renewed", { claim: "z" }),
    "a renewal that gains nothing": set("step.renewed", { lease: at(5) }),
  },
  L15: {
    "a short sleep": set("sleep.started", { until: at(7) }),
    "an early hook": set("hook.created", { expiresAt: at(5) }),
    "a wait for a message that is over too soon": set("receive.started", { expiresAt: at(6) }, 4),
    "a hook without a time": set("hook.created", { expiresAt: undefined }),
  },
  L16: { "an early retry": set("step.retrying", { retryAt: at(4) }) },
  L17: {
    "a claim without an end": drop(9, 0),
    "a task without an end": drop(3, 0),
  },
  L18: {
    "a start after the deadline": (log) => {
      set("cancellation.requested", { gracePeriodMs: 0 })(log);
      set("cancellation.delivered", { deadline: at(8) })(log);
    },
    "a grace from the request on": set("cancellation.delivered", { deadline: at(49) }),
  },
  L19: {
    "cancelled by nobody": (log) => {
      events(log, 8).splice(1, 2);
      events(log, 7).splice(0);
    },
  },
  L22: {
    "a child that is cancelled late": (log) => {
      const [cancelled] = events(log, 5).splice(0, 1);
      if (cancelled) events(log, 6).unshift(cancelled);
    },
    "a child that nobody waited for": drop(5, 0),
    "a child that outlives an end of itself": (log) => {
      events(log, 5).splice(0);
    },
  },
  L20: {
    "a start that cannot be folded": (log) => void events(log, 0).splice(0, 1, requested),
    "a cancellation that nobody opened": (log) => {
      // The fold leaves it out, so that no step is counted as clean-up.
      events(log, 7).splice(0);
    },
    "a message that comes twice": (log) => void events(log, 7).push(...events(log, 3).slice(0, 1)),
  },
  L31: {
    "a message out of turn": set("message.received", { message: 3 }, 9),
    "a message with an id that came before": set("message.received", { messageId: "b" }, 7),
  },
  L32: {
    "a message that is received twice": set("receive.completed", { message: 0 }, 3),
    "a message before its turn": set("receive.completed", { message: 3 }, 8),
    "a message of another channel": set("receive.completed", { channel: "more" }, 8),
    "a message that nobody sent": set("receive.completed", { message: 7 }, 8),
  },
  L33: {
    "a message that nobody took": (log) => void events(log, 3).splice(1),
    "a shield that waits beside a message": (log) =>
      void events(log, 8).splice(2, 1, {
        type: "receive.started",
        command: 4,
        channel: "words",
        shielded: true,
      }),
  },
  // More of these are in `pauses.test.ts`.
  L41: { "a resume of what was not paused": addFirst(5, { type: "run.resumed" }) },
  L42: { "a sleep that begins in a pause": addFirst(5, { type: "run.paused" }) },
  // More of these are in `generations.test.ts`.
  L50: {
    "a log that is exchanged after the request": (log) =>
      void events(log, 9).splice(-1, 1, {
        type: "workflow.continued",
        command: 9,
        generation: 2,
      }),
  },
  L51: {
    "the memory of another log in a first one": addFirst(1, {
      type: "messages.remembered",
      messageIds: [],
    }),
  },
};

/** What a head says wrongly; `undefined` is left out. */
const HEADS: Record<string, Fields> = {
  "another status": { status: "completed" },
  "a status that is not an end": { status: "cancelling" },
  "another position": { position: 7 },
  "a position beyond the log": { position: 17 },
  "another end": { endedAt: at(8) },
  "still due": { dueAt: at(9) },
  "a problem": { problem: { code: "x", message: "y", at: at(9), tries: 1 } },
  "kept for ever": { expiresAt: undefined },
  "another closing": { closing: { error: value } },
  "no request": { cancellation: undefined },
  "another reason": cancellation({ reason: "bored" }),
  "another deadline": cancellation({ deadline: at(51) }),
  "another delivery": cancellation({ deliveredAt: at(9) }),
  "no deadline": cancellation({ deadline: undefined }),
  "a termination": { termination: { at: at(9) } },
  "another checkpoint": cancellation({ checkpoint: "step ship" }),
  "too late": cancellation({ tooLate: true }),
  swallowed: cancellation({ swallowed: true }),
  "another count": cancellation({ cleanup: { steps: 2, finished: true, durationMs: 1000 } }),
  "another duration": cancellation({ cleanup: { steps: 1, finished: true, durationMs: 999 } }),
  "an unfinished clean-up": cancellation({
    cleanup: { steps: 1, finished: false, durationMs: 1000 },
  }),
};

function cancellation(
  fields: {
    [Field in keyof CancellationRecord]?: CancellationRecord[Field] | undefined;
  },
): Fields {
  return { cancellation: { ...goodHead().cancellation, ...fields } };
}

function headWith(fields: Fields): RunHead {
  const head = Object.entries({ ...goodHead(), ...fields });
  return Object.fromEntries(head.filter(([, field]) => field !== undefined)) as unknown as RunHead;
}

/** A run that goes on. */
const UNENDED: Fields = {
  endedAt: undefined,
  expiresAt: undefined,
  closing: undefined,
  cancellation: undefined,
};

const isTasks = (code: string, name: string): boolean =>
  (code === "L13" || code === "L17") && name.includes("task");
const isHooks = (name: string): boolean => name.includes("hook");
const isMessages = (name: string): boolean => name.includes("message");
const isFamily = (name: string): boolean => name.includes("child");

function logFor(code: string, name: string): Entry[] {
  if (isHooks(name)) return goodHooks();
  if (isMessages(name)) return goodMessages();
  if (isFamily(name)) return goodFamily();
  return isTasks(code, name) ? goodTasks() : goodLog();
}

describe("the invariants of a log", () => {
  it("find nothing in good logs", () => {
    expect(brokenInvariants(goodLog(), goodHead())).toEqual([]);
    expect(brokenInvariants(goodTasks())).toEqual([]);
    expect(brokenInvariants(goodHooks())).toEqual([]);
    expect(brokenInvariants(goodMessages())).toEqual([]);
    expect(brokenInvariants(goodFamily())).toEqual([]);
    expect(() => assertInvariants(goodLog(), goodHead())).not.toThrow();
  });

  it("find nothing in the end of a run that awaited not all it called", () => {
    const log = goodLog();
    addFirst(
      9,
      { type: "step.abandoned", command: 9, step: "notify", attempt: 0, shielded: true },
      { type: "sleep.cancelled", command: 10, shielded: false, begun: false },
    )(log);
    // Clean-up counts what began.
    expect(brokenInvariants(log, goodHead())).toEqual([
      expect.stringMatching(/^L9: .*sleep.cancelled of command 10/),
    ]);
    events(log, 9).splice(1, 1);
    expect(brokenInvariants(log, goodHead())).toEqual([]);
  });

  it("hold for every prefix of a good log", () => {
    for (const [length] of goodLog().entries()) {
      expect(brokenInvariants(goodLog().slice(0, length + 1))).toEqual([]);
    }
  });

  it("are each tried with a violation", () => {
    const tried = [...Object.keys(VIOLATIONS), "L21", "L52"];
    expect(INVARIANTS.map((promise) => promise.split(":")[0])).toEqual(tried);
  });

  for (const [code, violations] of Object.entries(VIOLATIONS)) {
    const promise = INVARIANTS.find((each) => each.startsWith(`${code}:`)) ?? code;
    for (const [name, violate] of Object.entries(violations)) {
      it(`find ${name} against "${promise}"`, () => {
        const log = logFor(code, name);
        violate(log);
        expect(brokenInvariants(log).join("\n")).toContain(promise);
        expect(() => assertInvariants(log)).toThrow(promise);
      });
    }
  }

  for (const [name, fields] of Object.entries(HEADS)) {
    it(`find ${name} in a head`, () => {
      expect(brokenInvariants(goodLog(), headWith(fields)).join("\n")).toContain("L21");
    });
  }

  it("hold a run that was terminated before the delivery for stopped, and not for too late", () => {
    const log = goodLog().slice(0, 8);
    const order = { reason: "on fire", requestedBy: "bob" };
    log.push({
      position: 8,
      id: "entry-8",
      at: at(8),
      events: [
        { type: "sleep.cancelled", command: 2, shielded: false },
        { type: "step.abandoned", command: 3, step: "charge", ...shieldless },
        { type: "workflow.terminated", ...order },
      ],
    });
    const { reason, requestedAt } = { ...goodHead().cancellation, requestedAt: at(7) };
    const cancellation = { ...(reason && { reason }), requestedAt };
    const stopped = {
      status: "terminated",
      position: 8,
      endedAt: at(8),
      closing: undefined,
      cancellation,
      termination: { ...order, at: at(8) },
    };
    expect(brokenInvariants(log, headWith(stopped))).toEqual([]);
    const wrong: Fields[] = [
      { cancellation: { ...cancellation, tooLate: true } },
      { termination: undefined },
      { termination: { at: at(8) } },
      { termination: { ...stopped.termination, requestedBy: "alice" } },
      { termination: { ...stopped.termination, at: at(7) } },
    ];
    for (const fields of wrong) {
      const found = brokenInvariants(log, headWith({ ...stopped, ...fields })).join("\n");
      expect(found).toMatch(/^L21: .*(tooLate is true|terminat)/);
    }
  });

  it("find a head that does not know of a request in a run that goes on", () => {
    const head = headWith({ ...UNENDED, status: "suspended", position: 6, dueAt: at(9) });
    expect(brokenInvariants(goodLog().slice(0, 7), head)).toEqual([]);
    expect(brokenInvariants(goodLog().slice(0, 8), head).join("\n")).toContain("L21");
  });

  it("find a run that nobody will look at", () => {
    const head = headWith({ ...UNENDED, status: "running", position: 0 });
    expect(brokenInvariants(goodLog().slice(0, 7), head).join("\n")).toContain("L21");
  });
});
