/** Durations, order, and how many things are done at once. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const duration = { file: "src/core/duration.ts", killers: ["test/core/duration.test.ts"] };
const parallel = { file: "src/core/in-parallel.ts", killers: ["test/core/in-parallel.test.ts"] };
const sorted = { file: "src/core/sorted-map.ts", killers: ["test/core/sorted-map.test.ts"] };
const deadline = {
  file: "src/core/decide/deadline.ts",
  killers: ["test/core/decide-ending.test.ts", "test/engine/event-limits.test.ts"],
};

export const reckoning: Mutant[] = mutantsOf("reckon", { killers: [] }, [
  {
    ...duration,
    id: "negative",
    rule: "a negative duration is refused",
    search: "!(millis >= 0 && millis <= LONGEST_MS)",
    replace: "!(millis <= LONGEST_MS)",
  },
  {
    ...duration,
    id: "longest",
    rule: "a duration longer than 100 years is refused",
    search: "!(millis >= 0 && millis <= LONGEST_MS)",
    replace: "!(millis >= 0)",
  },
  {
    ...duration,
    id: "unreadable",
    rule: "a text that is no duration is refused, also where a part of it is one",
    search: "if (!READABLE.test(text)) return undefined;",
    replace: "",
  },
  {
    ...duration,
    id: "units",
    rule: "a unit that is not known is refused",
    search: "if (unit === undefined || parse(`1${unit}`) === null) return undefined;",
    replace: "if (unit === undefined) return undefined;",
  },
  {
    ...duration,
    id: "whole",
    rule: "a duration is a whole number of milliseconds",
    search: "return Math.round(millis);",
    replace: "return millis;",
  },
  {
    ...duration,
    id: "realms",
    rule: "a Date of another realm is a Date",
    search: 'return Object.prototype.toString.call(value) === "[object Date]";',
    replace: "return value instanceof Date;",
    killers: ["test/core/duration.test.ts", "test/core/retry.test.ts"],
  },
  {
    ...parallel,
    id: "order",
    rule: "answers come in the order of what was asked",
    search: "answers[index] = await mapper(each);",
    replace: "answers.push(await mapper(each)), void index;",
  },
  {
    ...parallel,
    id: "at-once",
    rule: "no more is done at once than was asked for",
    search: "Math.min(atOnce, all.length)",
    replace: "Math.max(atOnce, all.length)",
  },
  {
    ...sorted,
    id: "sorted",
    rule: "a sorted map is in the order of its keys",
    search: "return order < 0 ? balanced(put(tree.left, pair, compare), tree, tree.right)",
    replace: "return order > 0 ? balanced(put(tree.left, pair, compare), tree, tree.right)",
  },
  {
    ...sorted,
    id: "replaces",
    rule: "a key of a sorted map is there once",
    search: "if (order === 0) return nodeOf(tree.left, pair, tree.right);",
    replace: "",
  },
  {
    ...sorted,
    id: "balance",
    rule: "a sorted map is as deep as its size asks for, in whatever order it grows",
    search: "const LOPSIDED = 3;",
    replace: "const LOPSIDED = 1_000_000;",
  },
  {
    ...deadline,
    id: "runaway-told",
    rule: "code that swallows its cancellation in a loop is ended",
    search: "if (!runaway || openShields > 0) return undefined;",
    replace: "if (runaway || openShields >= 0) return undefined;",
  },
  {
    ...deadline,
    id: "far-too-long",
    rule: "a clean-up whose log goes far beyond its limit is ended",
    search: "if (!state.cancellation || state.events < most) return undefined;",
    replace: "if (!state.cancellation || state.events < most * 1_000) return undefined;",
  },
  {
    ...deadline,
    id: "room-for-cleanup",
    rule: "a run whose log is too long has room for its clean-up",
    search: "if (!state.cancellation || state.events < most) return undefined;",
    replace: "if (!state.cancellation || state.events < eventLimit) return undefined;",
  },
  {
    id: "one-of-many",
    rule: "what keeps one run of many from being asked keeps no other",
    file: "src/core/collecting.ts",
    search: "if (isOfOneRun(error)) failures.push(error);",
    replace: "if (isOfOneRun(error)) throw error;",
    killers: ["test/core/collecting.test.ts"],
  },
  {
    id: "listed-late",
    rule: "cancelAll looks again for what was started just before (CA2)",
    file: "src/engine/calls/unended-runs.ts",
    search: "if (seen.has(runId)) continue;",
    replace: "if (seen.has(runId) || since === recent) continue;",
    killers: ["test/engine/cancel-all.test.ts"],
  },
  {
    id: "cached-ended",
    rule: "a run that has ended is read anew",
    file: "src/engine/session/session-cache.ts",
    search: "const isFresh = !isOld && !session.state.ended;",
    replace: "const isFresh = !isOld;",
    killers: ["test/engine/retention.test.ts"],
  },
  {
    id: "cached-long",
    rule: "what was last known to go on long ago is read anew",
    file: "src/engine/session/session-cache.ts",
    search: "const isFresh = !isOld && !session.state.ended;",
    replace: "const isFresh = !session.state.ended || isOld;",
    killers: ["test/engine/retention.test.ts"],
  },
  {
    id: "held-lines",
    rule: "of a lost race the code's lines are not written",
    file: "src/engine/replay/held-lines.ts",
    search: 'if (how !== "hold") return;',
    replace:
      'if (how === "hold") logger[level](message, fields);\n        if (how !== "hold") return;',
    killers: ["test/engine/log-lines.test.ts"],
  },
  {
    id: "early-timer",
    rule: "the message of a timer that comes before its time is sent again",
    file: "src/engine/continuations/arm-timer.ts",
    search: "if (!isNew && at !== early) {",
    replace: "if (!isNew) {",
    killers: ["test/engine/timer-messages.test.ts"],
  },
]);
