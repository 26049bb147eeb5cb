/** What is open makes no entry dearer: what is looked at is counted, not timed. */
import { describe, expect, test } from "vitest";
import type { OpenCommand, PendingCommand } from "../../src/core/commands/index.ts";
import { decide } from "../../src/core/decide/decide.ts";
import type { LogEvent } from "../../src/core/events.ts";
import { fold } from "../../src/core/fold.ts";
import { OpenCommands } from "../../src/core/open-commands.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { liveClaims, nextTimer } from "../../src/core/wait.ts";
import { on, START, sleepAt, standing, stateAfter, stepAt } from "./logs.ts";
import { situation } from "./situations.ts";

/** Counts how often something of an open or pending command is looked at. */
class Looks {
  count = 0;

  at<T extends object>(seen: T): T {
    return new Proxy(seen, {
      get: (target, name) => {
        this.count += 1;
        return Reflect.get(target, name);
      },
    });
  }

  atAll(commands: ReadonlyMap<number, PendingCommand>): Outcome["pending"] {
    return new Map([...commands].map(([command, pending]) => [command, this.at(pending)]));
  }
}

interface Case {
  what: string;
  /** What opens one of many commands. */
  opening: (command: number) => LogEvent;
  pending: (command: number) => PendingCommand;
  /** What the log says besides, before and after the many. */
  before?: LogEvent[];
  /** What comes next. */
  news: LogEvent;
}

const CASES: Case[] = [
  {
    what: "tasks, of which one is absorbed",
    opening: (command) => on.scheduled(command, "a"),
    pending: (command) => stepAt(command, "a"),
    news: on.completed(50, "a"),
  },
  {
    what: "tasks, beside which a step is scheduled",
    opening: (command) => on.scheduled(command, "a"),
    pending: (command) => stepAt(command, "a"),
    news: on.scheduled(100_000, "b"),
  },
  {
    what: "sleeps, of which one is over",
    opening: (command) => on.asleep(command, 50_000 + command),
    pending: (command) => sleepAt(command, 50_000),
    news: on.woken(50),
  },
  {
    what: "pauses between attempts, of which one is over",
    opening: (command) => on.retrying(command, "a", { retryAt: 50_000 + command }),
    pending: (command) => stepAt(command, "a"),
    news: on.started(50, "a", { attempt: 2 }),
  },
  {
    what: "shielded tasks of a run that was asked to stop, of which one is absorbed",
    opening: (command) => on.scheduled(command, "a", { shielded: true }),
    pending: (command) => stepAt(command, "a", { shielded: true }),
    before: [on.started(100_000, "b", { lease: 1_000_000 }), on.requested()],
    news: on.completed(50, "a", { shielded: true }),
  },
];

function looked({ before = [], opening, pending, news }: Case, width: number): number {
  const looks = new Looks();
  const commands = Array.from({ length: width }, (_, command) => command);
  const opened = stateAfter(...before, ...commands.map(opening));
  const open = opened.open
    .values()
    .reduce((all, each) => all.with(looks.at<OpenCommand>(each)), OpenCommands.none);
  const state: RunState = { ...opened, open };
  const all = [...commands.map(pending), ...(before.length > 0 ? [stepAt(100_000, "b")] : [])];
  const outcome = standing(state, { pending: all });
  const watched = { ...outcome, pending: looks.atAll(outcome.pending) };
  looks.count = 0;

  const next = fold(state, {
    position: state.position,
    id: "next",
    at: START + 100,
    events: [news],
  });
  const now = situation();
  expect(decide(next, watched, now).next.type).toBe("wait");
  nextTimer(next, now);
  liveClaims(next, now);
  return looks.count;
}

describe("an entry and what follows from it", () => {
  test.each(CASES)("look at as much of a hundred as of thousands of $what", (each) => {
    const few = looked(each, 100);
    expect(few).toBeGreaterThan(0);
    expect(looked(each, 4_000)).toBe(few);
  });
});
