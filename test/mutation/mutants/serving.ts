/** Who may call, what a push has to show, and what is answered. */
import { type Mutant, mutantsOf } from "../mutant.ts";

export const serving: Mutant[] = [
  ...mutantsOf(
    "push",
    { killers: ["test/http/continuations.test.ts"], file: "src/http/signature.ts" },
    [
      {
        id: "four-bytes",
        rule: "all of a signature is compared",
        search: "return made.length === given.length && timingSafeEqual(made, given);",
        replace:
          "return timingSafeEqual(made.subarray(0, 4), Buffer.concat([given, Buffer.alloc(4)]).subarray(0, 4));",
      },
      {
        id: "unsigned",
        rule: "a continuation without a signature is refused",
        search: "if (!isKnown) {",
        replace: "if (!isKnown && header) {",
      },
      {
        id: "body-unsigned",
        rule: "the body is part of what is signed",
        search: 'createHmac("sha256", secret).update(`${time}.`).update(body).digest()',
        replace:
          'createHmac("sha256", secret).update(`${time}.`).update(body.slice(0, 0)).digest()',
        killers: ["test/http/continuations.test.ts"],
      },
      {
        id: "time-unsigned",
        rule: "the time is part of what is signed",
        search: "update(`${time}.`)",
        replace: "update(`${time.length}.`)",
      },
      {
        id: "old",
        rule: "a signature that is too old is refused",
        search: "if (Math.abs(now - Number(time)) > windowMs) {",
        replace: "if (Number(time) - now > windowMs) {",
      },
      {
        id: "future",
        rule: "a signature from the future is refused",
        search: "if (Math.abs(now - Number(time)) > windowMs) {",
        replace: "if (now - Number(time) > windowMs) {",
      },
      {
        id: "second-secret",
        rule: "each of several secrets is good",
        search: ".reduce((found, made) => isSame(made, given) || found, false);",
        replace: ".reduce((_, made) => isSame(made, given), false);",
      },
      {
        id: "misdirected",
        rule: "a push for a version that is not known here is answered 421",
        file: "src/http/routes/push-continuation.ts",
        search: "if (error instanceof WorkflowNotFoundError) {",
        replace: "if (error === undefined) {",
      },
      {
        id: "misdirected-again",
        rule: "what is answered 421 is pushed again",
        file: "src/http/push.ts",
        search: "const PASSING: ReadonlySet<number> = new Set([408, MISDIRECTED, 425, 429]);",
        replace:
          "const PASSING: ReadonlySet<number> = new Set([408, 425, 429, MISDIRECTED + 1]);\nvoid MISDIRECTED;",
        killers: ["test/http/http-scheduler.test.ts"],
      },
    ],
  ),
  ...mutantsOf("auth", { killers: ["test/http/auth.test.ts"], file: "src/http/auth.ts" }, [
    {
      id: "any-token",
      rule: "a token that is not among those given is refused",
      search: "if ((await check(token)) !== true) {",
      replace: "if ((await check(token)) === undefined) {",
    },
    {
      id: "truthy",
      rule: "only `true` lets in, not what is merely not false",
      search: "if ((await check(token)) !== true) {",
      replace: "if (!(await check(token))) {",
    },
    {
      id: "no-token",
      rule: "a request without a token is refused",
      search: "if (token === undefined) {",
      replace: 'if (token === "") {',
    },
    {
      id: "last-token",
      file: "src/http/token-digests.ts",
      rule: "each of several tokens is good",
      search:
        "return digests.reduce((found, known) => timingSafeEqual(known, given) || found, false);",
      replace: "return digests.reduce((_, known) => timingSafeEqual(known, given), false);",
    },
  ]),
  ...mutantsOf(
    "deployed",
    { killers: ["test/infra/tokens.test.ts"], file: "functions/tokens.ts" },
    [
      {
        id: "kept-tokens",
        rule: "a token that was taken out of its secret is refused in time",
        search: "known && !isOlderThan(KEPT_MS) ? known : await refresh()",
        replace: "known ?? (await refresh())",
      },
      {
        id: "guesses",
        rule: "guesses do not have the secret read each time",
        search: "return isOlderThan(ASK_AGAIN_MS) && (await refresh())(token);",
        replace: "return (await refresh())(token);",
      },
      {
        id: "retries",
        rule: "what failed comes again the later the more often it came",
        file: "src/adapters/lambda/batch.ts",
        search: "const afterMs = backoffMs(BACKOFF, receives);",
        replace: "const afterMs = backoffMs(BACKOFF, Math.min(receives, 1));",
        killers: ["test/lambda/turn-handler.test.ts"],
      },
      {
        id: "failures-reported",
        rule: "a message that failed is reported to its queue",
        file: "src/adapters/lambda/batch.ts",
        search: "const again = Records.filter((_, index) => outcomes[index]);",
        replace: "const again = Records.filter((_, index) => outcomes[index] === undefined);",
        killers: ["test/lambda/turn-handler.test.ts"],
      },
      {
        id: "noted-first",
        rule: "that a message was given up stands on its run before it is tried again",
        file: "src/adapters/lambda/dead-letter-handler.ts",
        search: "const noted = await engine.noteGivenUp?.(runId).catch(() => undefined);",
        replace: "const noted = undefined as never;",
        killers: ["test/lambda/dead-letter-handler.test.ts"],
      },
    ],
  ),
];
