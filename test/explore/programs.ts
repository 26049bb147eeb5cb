/** The programs that are explored. A new construct adds its own here. */
import {
  all,
  cancel,
  child,
  hook,
  mailed,
  type Program,
  pause,
  race,
  receive,
  resume,
  sequence,
  shield,
  sleep,
  step,
  terminate,
  undone,
} from "./program.ts";

const MONTH_MS = 30 * 24 * 3_600_000;
/** Steps that are over at once make less to choose from, where it does not matter when they are. */
const atOnce = { ms: 0 };
/** Ends only as somebody asks it to. */
const endless = sequence(step("ship", atOnce), sleep(MONTH_MS));
const mail = step("mail", atOnce);

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
    code: undone(sequence(sleep(MONTH_MS), step("ship")), step("release")),
    asks: [cancel],
  },
  {
    name: "cancel-in-back-off",
    code: undone(step("charge", { fails: 1, backoffMs: 5000 }), step("refund")),
    asks: [cancel],
  },
  {
    name: "cancel-in-back-off-of-a-task",
    code: all(step("charge", { ms: 0, fails: 1, backoffMs: 5000 }), step("mail", atOnce)),
    asks: [cancel],
  },
  {
    name: "two-cancels",
    code: undone(sequence(step("charge"), step("ship")), step("refund")),
    asks: [cancel, cancel],
  },
  {
    name: "cancel-of-tasks",
    code: all(step("flight", atOnce), step("hotel", atOnce)),
    asks: [{ ...cancel, once: "step.scheduled" }],
  },
  {
    name: "cancel-that-dies",
    code: undone(all(step("flight", atOnce), step("hotel", atOnce)), step("undo", atOnce)),
    asks: [{ ...cancel, once: "step.scheduled" }],
    misfortunes: ["death"],
  },
  {
    name: "two-cancels-in-parallel",
    code: all(step("flight", atOnce), step("hotel", atOnce)),
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
  {
    name: "hook",
    code: sequence(hook("approval", { given: mail, senders: [{}] }), step("ship", atOnce)),
    asks: [],
  },
  {
    name: "two-senders-on-one-hook",
    code: hook("approval", { senders: [{ hasId: true }, {}] }),
    asks: [],
  },
  {
    name: "hook-against-its-expiry",
    code: hook("approval", { timeoutMs: 1000, senders: [{}] }),
    asks: [],
    timed: true,
  },
  {
    name: "hook-against-a-cancel",
    code: undone(hook("approval", { senders: [{ hasId: true }] }), step("undo", atOnce)),
    asks: [cancel],
  },
  {
    name: "hook-in-a-race",
    code: race(hook("approval", { senders: [{}] }), step("charge")),
    asks: [],
  },
  {
    name: "two-senders-on-a-channel",
    code: mailed(receive({ times: 2 }), [{}, { messageId: "b" }]),
    asks: [],
  },
  {
    name: "the-same-message-twice",
    code: mailed(receive(), [{ messageId: "a" }, { messageId: "a" }]),
    asks: [],
  },
  {
    name: "message-against-its-timeout",
    code: mailed(receive({ timeoutMs: 1000 }), [{ messageId: "a" }]),
    asks: [],
    timed: true,
  },
  {
    name: "message-against-a-cancel",
    code: undone(mailed(receive(), [{ messageId: "a" }]), step("undo", atOnce)),
    asks: [cancel],
  },
  {
    name: "child-under-a-cancel",
    code: undone(child("c0", endless), step("undo", atOnce)),
    asks: [cancel],
  },
  {
    name: "child-under-a-terminate",
    code: child("c0", endless),
    asks: [terminate],
  },
  { name: "too-late", code: step("charge"), asks: [cancel] },
  {
    name: "parallel-clean-up",
    code: undone(sequence(step("charge"), step("ship")), all(step("refund"), step("mail"))),
    asks: [cancel],
  },
  {
    name: "shield-beside-a-branch",
    code: undone(
      all(shield(step("charge")), sequence(step("reserve"), step("hold", atOnce))),
      step("refund", atOnce),
    ),
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
    name: "slow-step",
    code: step("charge"),
    asks: [],
    timed: true,
  },
  {
    name: "lost-process-without-a-sweep",
    code: step("charge"),
    asks: [],
    sweepless: true,
    // The message comes back while the lease of the dead still lasts.
    settings: { leaseMs: 60_000 },
  },
  {
    name: "cancel-without-a-sweep",
    code: undone(sequence(step("charge", atOnce), step("ship")), step("refund", atOnce)),
    asks: [cancel],
    sweepless: true,
  },
  {
    name: "cancel-in-one-forgetful-process",
    code: step("charge", atOnce),
    asks: [cancel],
    processes: 1,
    settings: { cachedRuns: 0 },
  },
  {
    name: "pause",
    code: sequence(step("charge", atOnce), step("ship", atOnce)),
    asks: [pause, resume],
  },
  {
    name: "pause-of-tasks",
    code: all(step("flight", atOnce), step("hotel", atOnce)),
    asks: [pause, resume],
  },
  {
    name: "pause-and-cancel",
    code: undone(sequence(step("charge", atOnce), step("ship", atOnce)), step("refund", atOnce)),
    asks: [pause, cancel, resume],
  },
  {
    name: "tasks",
    code: all(step("flight", atOnce), step("hotel", atOnce)),
    asks: [],
  },
  {
    name: "tasks-without-a-sweep",
    code: sequence(all(step("flight", atOnce), step("hotel", atOnce)), step("ship", atOnce)),
    asks: [],
    sweepless: true,
  },
];

/** @throws Error that names those there are. */
export function programNamed(name: string): Program {
  const program = PROGRAMS.find((each) => each.name === name);
  if (program) return program;
  const names = PROGRAMS.map((each) => each.name).join(", ");
  throw new Error(`There is no program "${name}". There are ${names}.`);
}
