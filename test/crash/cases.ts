/** The runs that the crash table goes through, and how each must end whatever crashes. */
import { isDeepStrictEqual } from "node:util";
import type { Entry } from "../../src/core/events.ts";
import { decode } from "../../src/core/value.ts";
import type { Post } from "../simulation/channel-node.ts";
import type { Sender } from "../simulation/hook-node.ts";
import type { Spell } from "../simulation/pauses.ts";
import type { Node, StepNode } from "../simulation/program.ts";
import { type Action, FAIR, type Scenario } from "../simulation/scenario.ts";
import { everyReplay } from "../simulation/seeds.ts";
import type { Simulated } from "../simulation/simulation.ts";
import { PLAIN } from "../simulation/variety.ts";

export interface Case {
  title: string;
  scenario: Scenario;
  /** What is wrong with how it ended; nothing if all is well. */
  wrong(simulated: Simulated): string[];
}

function step(name: string, ms: number): StepNode {
  const does = { ms, checks: 0, listens: false, fails: 0, how: "error" as const, ballast: 0 };
  return {
    kind: "step",
    name,
    does,
    retries: 3,
    backoffMs: 100,
    timeoutMs: undefined,
    inline: false,
  };
}

function sequence(...parts: Node[]): Node {
  return { kind: "sequence", parts };
}

function parallel(how: "all" | "race", ...parts: Node[]): Node {
  return { kind: "parallel", how, parts };
}

/** `try { body } catch { await shield(cleanup); throw error }` */
function undone(body: Node, cleanup: Node): Node {
  // biome-ignore lint/suspicious/noThenProperty: it is awaited nowhere.
  return { kind: "try", body, cleanup, shielded: true, then: "rethrow" };
}

function receive(times: number): Node {
  return { kind: "receive", channel: "c0", times, timeoutMs: undefined, iterates: false };
}

function mail(body: Node, posts: (Pick<Post, "afterMs" | "messageId"> & Partial<Post>)[]): Node {
  const usual = { channel: "c0", payload: "good", againAfterMs: 1000, repeats: false } as const;
  return { kind: "mail", body, posts: posts.map((post) => ({ ...usual, ...post })) };
}

function cancel(once: string, afterMs: number): Action {
  return { once, afterMs, what: "cancel", gracePeriodMs: undefined, againAfterMs: 1000 };
}

function scenario(seed: number, program: Node, actions: Action[]): Scenario {
  return {
    seed,
    program,
    actions,
    weather: FAIR,
    calmAfterMs: 0,
    replay: everyReplay() ?? "live",
    cachedRuns: 500,
    fleet: { most: 2, turns: 4, functionMs: undefined, clocks: { apartMs: 1000, jump: false } },
    visibilityMs: 30_000,
    delivery: "all",
    visitEveryMs: undefined,
    strays: [],
    sweepEveryMs: 5000,
    sweepAhead: false,
    leaseMs: 15_000,
    watchdogMs: 20_000,
    startAtMs: undefined,
    maxDurationMs: undefined,
    variety: PLAIN,
  };
}

function paused(seed: number, program: Node, spell: Spell, actions: Action[] = []): Scenario {
  return { ...scenario(seed, program, actions), variety: { ...PLAIN, pauses: [spell] } };
}

/** A child that is cancelled with its parent, and awaited. */
function child(name: string, body: Node): Node {
  return {
    kind: "child",
    name,
    body,
    onParentEnd: "cancel",
    awaits: "at once",
    cancelled: false,
    disturbed: undefined,
  };
}

export const CASES: readonly Case[] = [
  {
    title: "an order run cancelled while it charges",
    scenario: scenario(
      1,
      undone(
        sequence(step("reserve", 10), step("charge", 20_000), step("ship", 10)),
        sequence(step("refund", 10), step("release", 10)),
      ),
      [cancel("executes charge", 50)],
    ),
    wrong: (simulated) => [
      ...cancelled(simulated, ["refund", "release"]),
      ...never(simulated, "ship"),
      ...done(simulated, "reserve"),
    ],
  },
  {
    title: "one cancelled asleep",
    scenario: scenario(
      2,
      undone(
        sequence(step("reserve", 10), { kind: "sleep", ms: 3_600_000 }, step("ship", 10)),
        step("release", 10),
      ),
      [cancel("sleep.started", 500)],
    ),
    wrong: (simulated) => [
      ...cancelled(simulated, ["release"]),
      ...never(simulated, "ship"),
      ...done(simulated, "reserve"),
    ],
  },
  {
    title: "three parallel steps with clean-up, cancelled midway and once more in the clean-up",
    scenario: scenario(
      3,
      undone(
        sequence(
          parallel("all", step("flight", 20_000), step("hotel", 20_000), step("car", 20_000)),
          step("mail", 10),
        ),
        parallel("all", step("no_flight", 2000), step("no_hotel", 10), step("no_car", 500)),
      ),
      [cancel("executes hotel", 50), cancel("executes no_flight", 50)],
    ),
    wrong: (simulated) => [
      ...cancelled(simulated, ["no_flight", "no_hotel", "no_car"]),
      ...never(simulated, "mail"),
    ],
  },
  {
    title: "one that two are asked to approve, of whom the first one wins",
    scenario: scenario(
      5,
      sequence(step("reserve", 10), approval(sender(300), sender(330)), step("ship", 2000)),
      [],
    ),
    wrong: (simulated) => [
      ...completed(simulated, /^\(reserve \(ask approval\) ship\)$/),
      ...done(simulated, "ship"),
      ...prompt(simulated),
    ],
  },
  {
    title: "one that is cancelled before it is approved",
    scenario: scenario(
      6,
      undone(sequence(approval(sender(20_000)), step("ship", 10)), step("release", 10)),
      [cancel("hook.created", 3000)],
    ),
    wrong: (simulated) => [...cancelled(simulated, ["release"]), ...never(simulated, "ship")],
  },
  {
    title: "one paused while three of its steps are under way, and resumed",
    scenario: paused(
      7,
      sequence(
        parallel("all", step("flight", 300), step("hotel", 300), step("car", 300)),
        step("mail", 10),
      ),
      { once: "step.scheduled", afterMs: 5, lengthMs: 3000, more: 1 },
    ),
    wrong: (simulated) => [
      ...completed(simulated, /^\(\[flight hotel car\] mail\)$/),
      ...done(simulated, "mail"),
    ],
  },
  {
    title: "one paused asleep, and cancelled while it rests",
    scenario: paused(
      8,
      undone(
        sequence(step("reserve", 10), { kind: "sleep", ms: 3_600_000 }, step("ship", 10)),
        step("release", 10),
      ),
      { once: "sleep.started", afterMs: 100, lengthMs: 600_000, more: 0 },
      [cancel("run.paused", 500)],
    ),
    wrong: (simulated) => [...cancelled(simulated, ["release"]), ...never(simulated, "ship")],
  },
  {
    title: "a race of a step and a timer",
    scenario: scenario(
      4,
      sequence(
        parallel("race", step("answer", 2000), { kind: "sleep", ms: 1000 }),
        step("after", 10),
      ),
      [],
    ),
    wrong: (simulated) => [...completed(simulated, /^\((answer|slept) after\)$/)],
  },
  {
    title: "messages that are waited for, are there already, and come twice",
    scenario: scenario(
      5,
      mail(sequence(receive(1), step("work", 1500), receive(2)), [
        { afterMs: 500, messageId: "first" },
        { afterMs: 900, messageId: "second", repeats: true },
        { afterMs: 1000, messageId: "third" },
      ]),
      [],
    ),
    wrong: (simulated) => [
      ...completed(simulated, /^\(\(heard\) work \(heard heard\)\)$/),
      ...done(simulated, "work"),
    ],
  },
  {
    title: "a parent with a child that completes",
    scenario: scenario(
      11,
      sequence(child("c0", sequence(step("pack", 10), step("send", 10))), step("mail", 10)),
      [],
    ),
    wrong: (simulated) => [
      ...completed(simulated, /^\(<\(pack send\)> mail\)$/),
      ...family(simulated, ["completed"]),
    ],
  },
  {
    title: "one cancelled while its children work, of which one has begun nothing yet",
    scenario: scenario(
      12,
      undone(
        parallel(
          "all",
          child(
            "c0",
            undone(sequence(step("pack", 20_000), step("label", 10)), step("unpack", 10)),
          ),
          child("c1", sequence({ kind: "sleep", ms: 3_600_000 }, step("send", 10))),
        ),
        step("refund", 10),
      ),
      [cancel("child.started", 400)],
    ),
    wrong: (simulated) => [
      ...cancelled(simulated, ["refund"]),
      ...family(simulated, ["cancelled", "cancelled"]),
    ],
  },
  {
    title: "one that ends without its child",
    scenario: scenario(
      13,
      parallel("race", child("c0", { kind: "sleep", ms: 3_600_000 }), step("answer", 2000)),
      [],
    ),
    wrong: (simulated) => [
      ...completed(simulated, /^answer$/),
      ...family(simulated, ["cancelled"]),
    ],
  },
];

/** Who answers a while after he was asked, and asks what became of it only much later. */
function sender(afterMs: number): Sender {
  return { afterMs, payload: "good", hasId: false, againAfterMs: 100_000, repeats: false };
}

function approval(...senders: Sender[]): Node {
  const given = step("ask", 10);
  return {
    kind: "hook",
    name: "approval",
    timeoutMs: undefined,
    given,
    meanwhile: undefined,
    senders,
  };
}

/** A payload brings its run on within a watchdog, a sweep and a lease, whoever dies with it. */
function prompt({ log, head }: Simulated): string[] {
  const received = log.find(({ events }) => events.some(({ type }) => type === "hook.received"));
  const tookMs = (head?.endedAt ?? Number.POSITIVE_INFINITY) - (received?.at ?? 0);
  return received && tookMs > 60_000 ? [`the run went on ${tookMs} ms after its payload`] : [];
}

/** Its children have ended so. */
function family({ family: children }: Simulated, statuses: readonly string[]): string[] {
  const found = children.map(({ head }) => head?.status).sort();
  return isDeepStrictEqual(found, [...statuses].sort()) ? [] : [`its children ended as ${found}`];
}

/** The run ends as cancelled, its clean-up whole. */
function cancelled(simulated: Simulated, cleanup: string[]): string[] {
  const { head } = simulated;
  const wrong = cleanup.flatMap((name) => done(simulated, name));
  if (head?.status !== "cancelled") wrong.push(`the run ended as ${head?.status}`);
  const record = head?.cancellation?.cleanup;
  if (record?.steps !== cleanup.length || !record.finished) {
    wrong.push(`its clean-up is recorded as ${JSON.stringify(record)}`);
  }
  return wrong;
}

function completed({ head, log }: Simulated, output: RegExp): string[] {
  const last = log.at(-1)?.events.at(-1);
  if (head?.status !== "completed" || last?.type !== "workflow.completed") {
    return [`the run ended as ${head?.status}`];
  }
  const said = String(decode(last.output));
  return output.test(said) ? [] : [`the run came to ${said}`];
}

/** A step's result is recorded once. */
function done({ log }: Simulated, name: string): string[] {
  const results = eventsOf(log, name).filter(({ type }) => type === "step.completed");
  return results.length === 1 ? [] : [`step ${name} has ${results.length} results`];
}

function never({ log, witness }: Simulated, name: string): string[] {
  const isThere = eventsOf(log, name).length > 0;
  const executed = witness.executions.some((each) => each.name === name);
  return isThere || executed ? [`step ${name} was started`] : [];
}

function eventsOf(log: readonly Entry[], name: string): { type: string }[] {
  return log
    .flatMap(({ events }) => events)
    .filter((event) => "step" in event && event.step === name);
}
