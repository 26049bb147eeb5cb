/** The programs that are explored. A new construct adds its own here. */
import {
  all,
  cancel,
  type Program,
  race,
  sequence,
  shield,
  sleep,
  step,
  terminate,
  undone,
} from "./program.ts";

export const PROGRAMS: readonly Program[] = [
  {
    name: "cancel-in-step",
    code: undone(sequence(step("charge"), step("ship")), step("refund")),
    asks: [cancel],
  },
  {
    name: "cancel-in-parallel",
    code: undone(all(step("flight"), step("hotel")), step("undo")),
    asks: [cancel],
  },
  {
    name: "cancel-in-one-process",
    code: undone(all(step("flight"), step("hotel")), step("undo")),
    asks: [cancel],
    processes: 1,
  },
  {
    name: "cancel-in-two-processes",
    code: undone(all(step("flight"), step("hotel")), step("undo")),
    asks: [cancel],
    processes: 2,
  },
  {
    name: "cancel-in-shield",
    code: undone(sequence(shield(step("charge")), step("ship")), step("refund")),
    asks: [cancel],
  },
  {
    name: "cancel-in-shielded-parallel",
    code: sequence(shield(all(step("charge"), step("note"))), step("ship")),
    asks: [cancel],
  },
  {
    name: "cancel-asleep",
    code: undone(sequence(sleep(60_000), step("ship")), step("release")),
    asks: [cancel],
  },
  {
    name: "cancel-in-back-off",
    code: undone(step("charge", { fails: 1, backoffMs: 5000 }), step("refund")),
    asks: [cancel],
  },
  {
    name: "cancel-in-back-off-of-a-task",
    code: undone(all(step("charge", { fails: 1, backoffMs: 5000 }), step("mail")), step("refund")),
    asks: [cancel],
  },
  {
    name: "two-cancels",
    code: undone(sequence(step("charge"), step("ship")), step("refund")),
    asks: [cancel, cancel],
  },
  {
    name: "two-cancels-in-parallel",
    code: all(step("flight"), step("hotel")),
    asks: [cancel, cancel],
  },
  {
    name: "terminate",
    code: undone(all(step("flight"), step("hotel")), step("undo")),
    asks: [terminate],
  },
  {
    name: "cancel-and-terminate",
    code: undone(sequence(step("charge"), step("ship")), step("refund")),
    asks: [cancel, terminate],
  },
  { name: "too-late", code: step("charge"), asks: [cancel] },
  {
    name: "parallel-clean-up",
    code: undone(sequence(step("charge"), step("ship")), all(step("refund"), step("mail"))),
    asks: [cancel],
  },
  {
    name: "shield-beside-a-branch",
    code: undone(all(shield(step("charge")), step("reserve")), step("refund")),
    asks: [cancel],
  },
  {
    name: "race-with-a-timer",
    code: sequence(race(step("answer"), sleep(500)), step("after")),
    asks: [],
    timed: true,
  },
  {
    name: "race-of-steps",
    code: race(step("one"), step("other")),
    asks: [cancel],
  },
  {
    name: "one-key-two-callers",
    code: step("charge"),
    asks: [],
    callers: 2,
  },
  {
    name: "failing-beside-a-step",
    code: all(step("charge", { fails: 9, how: "fatal" }), step("mail")),
    asks: [cancel],
  },
  {
    name: "checks-inside-a-step",
    code: undone(sequence(step("charge", { checks: 1 }), step("ship")), step("refund")),
    asks: [cancel],
  },
  {
    name: "longest-duration",
    code: undone(all(step("flight"), step("hotel")), step("undo")),
    asks: [],
    timed: true,
    settings: { maxDurationMs: 1000 },
  },
  {
    name: "lost-lease",
    code: step("charge", { retries: 1 }),
    asks: [],
    timed: true,
  },
];

/** @throws Error that names those there are. */
export function programNamed(name: string): Program {
  const program = PROGRAMS.find((each) => each.name === name);
  if (program) return program;
  const names = PROGRAMS.map((each) => each.name).join(", ");
  throw new Error(`There is no program "${name}". There are ${names}.`);
}
