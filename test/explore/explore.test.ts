import { beforeAll, describe, expect, it } from "vitest";
import type { Planted } from "../simulation/simulation.ts";
import type { Cost } from "./bounds.ts";
import { exploreProgram } from "./explore-program.ts";
import { PROGRAMS, programNamed } from "./programs.ts";
import { RULES } from "./rules.ts";
import { tell } from "./story.ts";

interface Fault {
  fault: string;
  planted: Planted;
  program: string;
  bounds: Cost;
  seen: RegExp;
}

const FAULTS: readonly Fault[] = [
  {
    fault: "tasks are not stopped",
    planted: { store: (store) => ({ ...store, tasks: { ...store.tasks, stop: async () => {} } }) },
    program: "cancel-of-tasks",
    bounds: { preemptions: 1, misfortunes: 0 },
    seen: /claimed after cancel had answered/,
  },
  {
    fault: "who loses a race for the tail is told that he has won it",
    planted: {
      store: (store) => ({
        ...store,
        log: {
          ...store.log,
          append: async (...args) => {
            await store.log.append(...args);
            return { outcome: "appended" };
          },
        },
      }),
    },
    program: "too-late",
    bounds: { preemptions: 1, misfortunes: 0 },
    seen: /./,
  },
  {
    fault: "delayed messages are forgotten",
    planted: {
      scheduler: (scheduler) => ({
        ...scheduler,
        send: (messages) => scheduler.send(messages.filter(({ delayMs = 0 }) => delayMs === 0)),
      }),
    },
    program: "cancel-in-back-off",
    bounds: { preemptions: 0, misfortunes: 0 },
    seen: /nobody was left to bring the run on/,
  },
];

describe("the explorer", () => {
  beforeAll(() => {
    const { stackTraceLimit } = Error;
    // Nobody reads the stacks of errors that are expected, and they take half of the time.
    Error.stackTraceLimit = 0;
    return () => {
      Error.stackTraceLimit = stackTraceLimit;
    };
  });

  it("says that it has played every schedule within its bounds, and that all is well", async () => {
    const bounds = { preemptions: 1, misfortunes: 0 };
    const explored = await exploreProgram(programNamed("too-late"), { bounds, reduced: true });
    expect(explored).toMatchObject({ left: undefined, found: undefined });
    expect(explored.schedules).toBeGreaterThan(10);
  });

  it("says what it has not come to, where time is short", async () => {
    const how = { bounds: { preemptions: 2, misfortunes: 2 }, seconds: 0.2, reduced: true };
    const { left, found } = await exploreProgram(programNamed("too-late"), how);
    expect(found).toBeUndefined();
    expect(left).toBeDefined();
  });

  it.each(FAULTS.map((each) => [each.fault, each] as const))(
    "finds that %s, also where it plays what comes to the same",
    async (_, { planted, program, bounds, seen }) => {
      const [fewer, all] = await Promise.all(
        [true, false].map((reduced) =>
          exploreProgram(programNamed(program), { bounds, reduced, planted }),
        ),
      );
      expect(fewer?.found?.violations.join()).toMatch(seen);
      expect(all?.found?.violations.join()).toMatch(seen);
      expect(fewer?.found?.cost).toEqual(all?.found?.cost);
    },
  );

  it("plays fewer schedules than there are, and sees no other ends", async () => {
    const bounds = { preemptions: 1, misfortunes: 0 };
    const [fewer, all] = await Promise.all(
      [true, false].map((reduced) => exploreProgram(programNamed("too-late"), { bounds, reduced })),
    );
    expect(all?.schedules).toBeGreaterThan(1.5 * (fewer?.schedules ?? 0));
    expect(fewer?.ends).toEqual(all?.ends);
  });

  it("tells the same story of the same code", async () => {
    const named = "cancel-in-step:6.1";
    const [{ story }, again] = [
      await tell(named, { reduced: true }),
      await tell(named, { reduced: true }),
    ];
    expect(again.story).toBe(story);
    expect(story).toContain("P0 is asked to start");
    expect(story).toContain(`npm run explore -- --replay ${named}`);
  });

  it("has a program for each rule that was found in the model", () => {
    const names = PROGRAMS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(RULES.map(({ program }) => program)));
  });
});
