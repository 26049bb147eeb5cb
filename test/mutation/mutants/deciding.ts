/** What follows from a log and its replay. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const killers = [
  "test/core/decide-cancellation.test.ts",
  "test/core/decide-ending.test.ts",
  "test/core/decide-sleeps.test.ts",
  "test/core/decide-steps.test.ts",
];
const deadline = { file: "src/core/decide/deadline.ts" };
const cancellation = { file: "src/core/decide/cancellation.ts" };
const ending = { file: "src/core/decide/ending.ts" };
const steps = { file: "src/core/decide/steps.ts" };
const timers = { file: "src/core/decide/timers.ts" };
const step = { file: "src/core/commands/step.ts" };
const sleep = { file: "src/core/commands/sleep.ts" };
const fold = { file: "src/core/fold.ts", killers: ["test/core/fold.test.ts"] };

export const deciding: Mutant[] = mutantsOf("decide", { killers }, [
  {
    ...deadline,
    id: "grace",
    rule: "a run is terminated when the grace period of its delivery is over",
    search: "if (!delivered || now < delivered.deadline) return undefined;",
    replace: "if (!delivered || now <= delivered.deadline + 60_000) return undefined;",
  },
  {
    ...cancellation,
    id: "grace-before-delivery",
    rule: "grace counts from the delivery",
    search: "deadline: situation.at + cancellation.gracePeriodMs,",
    replace: "deadline: cancellation.requestedAt + cancellation.gracePeriodMs,",
    killers: [...killers, "test/engine/grace-period.test.ts"],
  },
  {
    ...deadline,
    id: "overdue",
    rule: "a run that takes longer than its maxDuration is asked to stop",
    search: "if (state.cancellation || deadline === undefined || now < deadline) return undefined;",
    replace: "if (state.cancellation || deadline === undefined || now >= 0) return undefined;",
  },
  {
    ...deadline,
    id: "overdue-again",
    rule: "a run that was asked to stop is not asked again",
    search: "if (state.cancellation || deadline === undefined || now < deadline) return undefined;",
    replace: "if (deadline === undefined || now < deadline) return undefined;",
  },
  {
    ...deadline,
    id: "too-long",
    rule: "a run whose log reaches its limit of events is asked to stop",
    search: "if (state.cancellation || state.events < eventLimit) return undefined;",
    replace: "if (state.cancellation || state.events >= 0) return undefined;",
  },
  {
    ...ending,
    id: "ends-in-shield",
    rule: "a run does not end while a shield is open (D3)",
    search: "if (!ending || openShields > 0) return undefined;",
    replace: "if (!ending) return undefined;",
  },
  {
    ...deadline,
    id: "runaway-in-shield",
    rule: "what is shielded in other branches is let finish before a loop is stopped",
    search: "if (!runaway || openShields > 0) return undefined;",
    replace: "if (!runaway) return undefined;",
  },
  {
    ...cancellation,
    id: "delivers-beside",
    rule: "nothing is delivered while an unshielded step executes (D2)",
    search: "if (hasLive(unshielded, situation)) return undefined;",
    replace: "",
  },
  {
    ...cancellation,
    id: "delivers-in-shield",
    rule: "nothing is delivered while a shield has something to do (D2)",
    search: "if (isShieldAtWork(state, outcome)) return undefined;",
    replace: "",
  },
  {
    ...cancellation,
    id: "unrecorded-shield",
    rule: "what is asked for in a shield and not recorded yet holds the delivery up as well",
    search:
      "return open.shielded.size > 0 || [...unrecorded.values()].some(({ shielded }) => shielded);",
    replace: "return open.shielded.size > 0 && unrecorded.size >= 0;",
  },
  {
    ...cancellation,
    id: "delivers-nothing",
    rule: "nothing is delivered where there is nothing to reject",
    search: "if (!landing) return undefined;",
    replace: 'if (!landing) return { events: [], next: { type: "ended" } };',
  },
  {
    ...cancellation,
    id: "delivered-twice",
    rule: "a cancellation is delivered once",
    search: "if (!cancellation || cancellation.delivered) return undefined;",
    replace: "if (!cancellation) return undefined;",
  },
  {
    ...ending,
    id: "cancelled-undelivered",
    rule: "a run ends as cancelled only if its cancellation was delivered",
    search: "const cancelled = ending.cancellation && delivered !== undefined;",
    replace: "const cancelled = ending.cancellation;",
  },
  {
    ...steps,
    id: "lost-attempts",
    rule: "a step whose last attempt was lost has failed",
    search: "if (!isStep(pending) || attempt < pending.policy.attempts) return [];",
    replace: "if (!isStep(pending) || attempt <= pending.policy.attempts) return [];",
  },
  {
    ...steps,
    id: "promised-attempt",
    rule: "an attempt that was promised is made, whatever the policy is by now",
    search: "if (dead && (dead.retryAt !== undefined || dead.attempt < open.attempt)) return [];",
    replace: "",
    killers: [...killers, "test/engine/changed-policies.test.ts"],
  },
  {
    ...timers,
    id: "sleeps-due",
    rule: "a sleep ends when it is due, and not before",
    search: "if (timer.at > now) break;",
    replace: "if (timer.at > now + 1_000) break;",
  },
  {
    ...timers,
    id: "sleeps-order",
    rule: "sleeps that are due together end in the order of their times",
    search: ".sort((a, b) => a.at - b.at || a.open.command - b.open.command)",
    replace: ".sort((a, b) => a.open.command - b.open.command)",
  },
  {
    ...steps,
    id: "alone-while-busy",
    rule: "a step beside others in flight is a task (D4)",
    search: "const isAlone = runnable.length === 1 && !isBusy(state, situation);",
    replace: "const isAlone = runnable.length === 1;",
  },
  {
    ...steps,
    id: "none-beyond",
    rule: "where a turn may run nothing more, the next step is for another invocation",
    search: 'if (situation.mayRun === "none" ||',
    replace: 'if (situation.mayRun === "never" as string ||',
  },
  {
    ...steps,
    id: "next-attempt",
    rule: "a retry is the attempt after the last one",
    search: "attempt: lastAttempt(open, situation) + 1 };",
    replace: "attempt: lastAttempt(open, situation) };",
  },
  {
    ...sleep,
    id: "sleep-until",
    rule: "a sleep lasts as long as the code asked for",
    search: 'until: "at" in wake ? wake.at : now + wake.afterMs,',
    replace: 'until: "at" in wake ? wake.at : now,',
  },
  {
    ...step,
    id: "leftovers",
    rule: "what still executes when its run ends is recorded as abandoned",
    search: 'return { type: "step.abandoned", ...stepFields(open) };',
    replace: "return undefined;",
  },
  {
    ...ending,
    id: "unawaited",
    rule: "a step that was called without await right before the end is recorded",
    search: "return close(state, terminalEvent(state, ending), unbegun);",
    replace: "return close(state, terminalEvent(state, ending), unbegun.slice(0, 0));",
    killers: [...killers, "test/engine/unawaited.test.ts"],
  },
  {
    ...fold,
    id: "fold-position",
    rule: "the next entry goes after the last one",
    search: "return { ...next, position: entry.position + 1 };",
    replace: "return { ...next, position: state.position };",
  },
  {
    ...fold,
    id: "fold-cleanup",
    rule: "clean-up counts the shielded steps that began after the delivery",
    search:
      "if (!cancellation?.delivered || state.open.has(event.command) || event.attempt > 1) return state;",
    replace:
      "if (!cancellation || state.open.has(event.command) || event.attempt > 1) return state;",
  },
  {
    ...fold,
    id: "fold-attempts",
    rule: "clean-up counts steps, not their attempts",
    search: "state.open.has(event.command) || event.attempt > 1) return state;",
    replace: "state.open.has(event.command)) return state;",
    killers: ["test/core/fold.test.ts", "test/engine/cancel-endings.test.ts"],
  },
  {
    ...fold,
    id: "fold-delivered",
    rule: "the delivery settles every unshielded command that was open",
    search: "open: state.open.withoutUnshielded(), cancellation",
    replace: "open: state.open, cancellation",
  },
  {
    ...step,
    id: "fold-absorbed",
    rule: "what an entry schedules knows which tasks were absorbed by it",
    search: "at, position, after: absorbed",
    replace: "at, position, after: absorbed.slice(0, 0)",
    killers: ["test/core/fold.test.ts", "test/engine/lost-messages.test.ts"],
  },
  {
    id: "settle-late-end",
    rule: "the end of an attempt before the one that the log waits for does not count",
    file: "src/core/settle.ts",
    search: "return task.attempt < attempt ? undefined : task.end;",
    replace: "return task.attempt < attempt - 1_000 ? undefined : task.end;",
    killers: ["test/core/settle.test.ts"],
  },
  {
    id: "settle-absorbed",
    rule: "a task is absorbed once",
    file: "src/core/settle.ts",
    search: "if (state.ended || !isTask(open)) return [];",
    replace: 'if (state.ended || open?.kind !== "step") return [];',
    killers: ["test/core/settle.test.ts"],
  },
  {
    id: "settle-final",
    rule: "what another attempt could not do better is not tried again",
    file: "src/core/settle.ts",
    search: "const afterMs = end.final ? undefined : pauseAfter(",
    replace: "const afterMs = pauseAfter(",
    killers: ["test/core/settle.test.ts", "test/engine/results.test.ts"],
  },
  {
    id: "settle-cancellation",
    rule: "a step that stopped because its run was asked to is not tried again",
    file: "src/core/settle.ts",
    search: 'if (end.cancellation) return { type: "cancelled", error: end.encoded };',
    replace: "",
    killers: ["test/core/settle.test.ts"],
  },
  {
    id: "timer-dead-task",
    rule: "the retry of a dead task is a timer of its run",
    file: "src/core/wait.ts",
    search:
      "if (retryAt !== undefined && isTask(open) && isFree(state, open)) timers.push(retryAt);",
    replace: "",
    killers: ["test/core/decide-steps.test.ts", "test/engine/dead-tasks.test.ts"],
  },
  {
    id: "timer-deadline",
    rule: "the deadline of a run is a timer of it",
    file: "src/core/wait.ts",
    search: "if (deadline !== undefined) timers.push(deadline);",
    replace: "",
    killers: [...killers, "test/engine/grace-period.test.ts", "test/engine/max-duration.test.ts"],
  },
]);
