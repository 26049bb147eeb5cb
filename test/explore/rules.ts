/**
 * The rules that were found in a model of the engine's protocol, each by taking it out: what is changed
 * to take it out of the code, and the programs whose schedules then show that it is gone.
 */
export interface Rule {
  /** Of a mutant in `test/mutation/mutants`. */
  mutant: string;
  rule: string;
  programs: readonly string[];
}

export const RULES: readonly Rule[] = [
  {
    rule: "each append carries an id, fresh for each intent",
    mutant: "session/intent",
    programs: ["cancel-in-step"],
  },
  {
    rule: "a task's claim requires that `stop` is absent",
    mutant: "stop/memory-stop",
    programs: ["cancel-in-parallel"],
  },
  {
    rule: "cancel stops the unshielded tasks before it answers",
    mutant: "stop/none-at-cancel",
    programs: ["cancel-in-parallel"],
  },
  {
    rule: "all of them, not only those that nobody has claimed",
    mutant: "stop/unclaimed-only",
    programs: ["cancel-in-back-off-of-a-task", "cancel-in-parallel"],
  },
  {
    rule: "so does a cancel that finds a request in force",
    mutant: "stop/second-cancel",
    programs: ["two-cancels-in-parallel"],
  },
  {
    rule: "so does a turn that finds one",
    mutant: "stop/turn",
    programs: ["cancel-in-parallel"],
  },
  {
    rule: "before any terminal entry every unabsorbed task is stopped",
    mutant: "stop/before-end",
    programs: ["race-of-steps", "failing-beside-a-step"],
  },
  {
    rule: "a delivery that finished nothing itself decides as if it were the first",
    mutant: "session/finished-nothing",
    programs: ["cancel-in-parallel"],
  },
  {
    rule: "one whose finished task is not absorbed tries again",
    mutant: "session/not-absorbed",
    programs: ["cancel-in-parallel"],
  },
  {
    rule: "from the request on nothing unshielded is claimed",
    mutant: "stop/runnable-after-request",
    programs: ["cancel-in-step"],
  },
  {
    rule: "or tried again",
    mutant: "stop/retry-after-request",
    programs: ["cancel-in-back-off"],
  },
  {
    rule: "nothing is delivered while an unshielded step has a live attempt",
    mutant: "decide/delivers-beside",
    programs: ["cancel-in-step"],
  },
  {
    rule: "a shield that can go on holds the delivery up",
    mutant: "decide/delivers-in-shield",
    programs: ["shield-beside-a-branch"],
  },
  {
    rule: "who makes a run runnable without a message makes it due in the same write",
    mutant: "sweep/cancel-due",
    programs: ["cancel-asleep"],
  },
  {
    rule: "a live claim has a message that waits for its end",
    mutant: "session/watched",
    programs: ["cancel-in-step"],
  },
];
