/**
 * The rules that were found in a model of the engine's protocol, each by taking it out: what is changed
 * to take it out of the code, and the programs whose schedules then show that it is gone.
 */
import type { Cost } from "./bounds.ts";

export interface Rule {
  /** Of a mutant in `test/mutation/mutants`. */
  mutant: string;
  rule: string;
  /** One that tells. */
  program: string;
  bounds: Cost;
}

const bounds = (preemptions: number, misfortunes: number): Cost => ({ preemptions, misfortunes });

export const RULES: readonly Rule[] = [
  {
    rule: "each append carries an id, fresh for each intent",
    mutant: "session/intent",
    program: "cancel-in-one-forgetful-process",
    bounds: bounds(2, 0),
  },
  {
    rule: "a task's claim requires that `stop` is absent",
    mutant: "stop/memory-stop",
    program: "cancel-of-tasks",
    bounds: bounds(1, 0),
  },
  {
    rule: "cancel stops the unshielded tasks before it answers",
    mutant: "stop/none-at-cancel",
    program: "cancel-of-tasks",
    bounds: bounds(1, 0),
  },
  {
    rule: "all of them, not only those that nobody has claimed",
    mutant: "stop/unclaimed-only",
    program: "cancel-in-back-off-of-a-task",
    bounds: bounds(1, 0),
  },
  {
    rule: "so does a cancel that finds a request in force",
    mutant: "stop/second-cancel",
    program: "cancel-that-dies",
    bounds: bounds(1, 1),
  },
  {
    rule: "so does a turn that finds one",
    mutant: "stop/turn",
    program: "cancel-that-dies",
    bounds: bounds(1, 1),
  },
  {
    rule: "before any terminal entry every unabsorbed task is stopped",
    mutant: "stop/before-end",
    program: "race-of-steps",
    bounds: bounds(1, 0),
  },
  {
    rule: "a delivery that finished nothing itself decides as if it were the first",
    mutant: "session/resent",
    program: "tasks-without-a-sweep",
    bounds: bounds(0, 1),
  },
  {
    rule: "one whose finished task is not absorbed tries again",
    mutant: "session/not-absorbed",
    program: "tasks",
    bounds: bounds(1, 0),
  },
  {
    rule: "from the request on nothing unshielded is claimed",
    mutant: "stop/runnable-after-request",
    program: "shield-beside-a-branch",
    bounds: bounds(0, 0),
  },
  {
    rule: "or tried again",
    mutant: "stop/retry-after-request",
    program: "cancel-in-back-off",
    bounds: bounds(1, 0),
  },
  {
    rule: "nothing is delivered while an unshielded step has a live attempt",
    mutant: "decide/delivers-beside",
    program: "cancel-in-step",
    bounds: bounds(1, 0),
  },
  {
    rule: "a shield that can go on holds the delivery up",
    mutant: "decide/delivers-in-shield",
    program: "shield-beside-a-branch",
    bounds: bounds(0, 0),
  },
  {
    rule: "who makes a run runnable without a message makes it due in the same write",
    mutant: "sweep/cancel-due",
    program: "cancel-asleep",
    bounds: bounds(0, 1),
  },
  {
    rule: "a live claim has a message that waits for its end",
    mutant: "session/watched",
    program: "lost-process-without-a-sweep",
    bounds: bounds(0, 1),
  },
  {
    rule: "the innermost cleans up first: the delivery waits for the children",
    mutant: "kinship/innermost-first",
    program: "child-under-a-cancel",
    bounds: bounds(1, 0),
  },
  {
    rule: "a cancelled run asks its children to stop",
    mutant: "kinship/asked",
    program: "child-under-a-cancel",
    bounds: bounds(1, 0),
  },
  {
    rule: "an ended run with somebody to stop is due until that is done",
    mutant: "kinship/duties-row",
    program: "child-under-a-terminate",
    bounds: bounds(0, 1),
  },
];
