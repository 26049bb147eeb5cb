/** What is tried again, and after how long. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const killers = ["test/core/retry.test.ts"];
const backoff = { file: "src/core/backoff.ts", killers: ["test/core/backoff.test.ts"] };

export const retrying: Mutant[] = mutantsOf("retry", { killers, file: "src/core/retry.ts" }, [
  {
    id: "attempts",
    rule: "`retries` counts extra attempts, after the first",
    search: "attempts: retries + 1,",
    replace: "attempts: retries,",
  },
  {
    id: "beyond-attempts",
    rule: "no attempt is made after the last one",
    search: "if (attempt >= policy.attempts) return undefined;",
    replace: "if (attempt > policy.attempts) return undefined;",
  },
  {
    id: "fatal",
    rule: "a fatal error is not tried again",
    search: "if (word instanceof FatalError) return undefined;",
    replace: "",
  },
  {
    id: "asked",
    rule: "an error that says when to try again is heard",
    search: "if (asked !== undefined) return asked;",
    replace: "",
  },
  {
    id: "in-the-past",
    rule: "a time that is over asks for no negative pause",
    search: "return Number.isNaN(ms) ? undefined : Math.max(0, ms);",
    replace: "return Number.isNaN(ms) ? undefined : ms;",
  },
  {
    id: "unreadable",
    rule: "a time to try again that cannot be read is left out, and not the failure",
    search: "return Number.isNaN(ms) ? undefined : Math.max(0, ms);",
    replace: "return Math.max(0, ms);",
  },
  {
    id: "jitter",
    rule: "jitter leaves at least half of a pause",
    search: "jittered(full, random, 0.5)",
    replace: "jittered(full, random, 1)",
  },
  {
    id: "no-jitter",
    rule: "without jitter a pause is exact",
    search: "Math.round(jitter ? jittered(full, random, 0.5) : full)",
    replace: "Math.round(jittered(full, random, 0.5))",
  },
  {
    id: "whole",
    rule: "a pause is a whole number of milliseconds",
    search: "Math.round(jitter ? jittered(full, random, 0.5) : full)",
    replace: "(jitter ? jittered(full, random, 0.5) : full)",
  },
  {
    id: "fixed",
    rule: "a fixed pause does not grow",
    search: '(backoff === "fixed" ? { factor: 1 } : {})',
    replace: '(backoff === "fixed" ? { factor: 2 } : {})',
  },
  {
    id: "fractions",
    rule: "a part of an attempt is refused",
    search: "if (!Number.isSafeInteger(retries) || retries < 0) {",
    replace: "if (!(retries >= 0)) {",
  },
  {
    id: "negative",
    rule: "fewer than no retries are refused",
    search: "if (!Number.isSafeInteger(retries) || retries < 0) {",
    replace: "if (!Number.isSafeInteger(retries)) {",
  },
  {
    id: "shrinking",
    rule: "a pause that shrinks is refused",
    search: "if (!Number.isFinite(factor) || factor < 1) throw",
    replace: "if (!Number.isFinite(factor)) throw",
  },
  {
    id: "no-time",
    rule: "a timeout of nothing is refused",
    search: "if (timeoutMs === 0) throw",
    replace: "if (timeoutMs === -1) throw",
  },
  {
    ...backoff,
    id: "grows",
    rule: "each pause is longer than the one before",
    search: "firstMs * factor ** Math.max(0, failures - 1)",
    replace: "firstMs * factor ** Math.min(1, Math.max(0, failures - 1))",
  },
  {
    ...backoff,
    id: "first",
    rule: "the first pause follows the first failure",
    search: "Math.max(0, failures - 1)",
    replace: "Math.max(0, failures)",
  },
  {
    ...backoff,
    id: "longest",
    rule: "no pause is longer than the longest",
    search: "return Math.min(longestMs, firstMs *",
    replace: "return Math.min(Number.MAX_VALUE, firstMs *",
  },
  {
    ...backoff,
    id: "nothing-grows",
    rule: "nothing grows from a pause of 0, however often it failed",
    search: "if (firstMs === 0) return 0;",
    replace: "",
  },
  {
    ...backoff,
    id: "share",
    rule: "chance takes the share of a pause that it is given",
    search: "return pauseMs * (1 - share + share * random);",
    replace: "return pauseMs * (share * random);",
  },
]);
