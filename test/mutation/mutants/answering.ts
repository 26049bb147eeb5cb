/** Hooks, who answers them, and the rows that their payloads leave. */
import { type Mutant, mutantsOf } from "../mutant.ts";

const hooks = { killers: ["test/engine/hooks.test.ts"] };
const rows = { killers: ["test/engine/rows.test.ts"] };

export const answering: Mutant[] = [
  ...mutantsOf("hooks", hooks, [
    {
      id: "checked-once",
      rule: "after a lost race it is asked again whether the hook takes a payload (RH1)",
      file: "src/engine/calls/receive-payload.ts",
      search: "refusal = found instanceof DetentError ? found : undefined;",
      replace: "refusal = undefined;",
    },
    {
      id: "unrecorded",
      rule: "a hook that nothing has recorded yet is recorded before its payload",
      file: "src/engine/calls/receive-payload.ts",
      search: "await unlessRefused(() => creations(session, command));",
      replace: "",
    },
    {
      id: "unchecked-payload",
      rule: "a payload that does not fit is refused to its sender (RH2)",
      file: "src/engine/calls/resume-hook.ts",
      search: "payload, hook.schema),",
      replace: "payload, undefined),",
    },
    {
      id: "cancelled-takes",
      rule: "from a request on only hooks in shields take a payload (RH3)",
      file: "src/engine/calls/waiting-hook.ts",
      search: "if (hook && isAwaited(state, hook)) return hook;",
      replace: "if (hook) return hook;",
    },
    {
      id: "other-kind",
      rule: "a token of what is no hook is of none",
      file: "src/engine/calls/waiting-hook.ts",
      search: 'if (hook && hook.kind !== "hook") return new HookNotFoundError();',
      replace: 'if (hook && hook.kind !== "hook") return hook as never;',
    },
    {
      id: "any-token",
      rule: "a token that the run has not made is of no hook (RH4, HT2)",
      file: "src/engine/replay/hook-token.ts",
      search: "return given.length === genuine.length && timingSafeEqual(given, genuine);",
      replace: "return given.length === genuine.length;",
    },
    {
      id: "same-proof",
      rule: "the token of a run is none of another with the same id (HT2)",
      file: "src/engine/replay/hook-token.ts",
      search: 'createHmac("sha256", incarnation)',
      replace: 'createHmac("sha256", runId)',
    },
    {
      id: "stale-refusal",
      rule: "nobody is refused by what is known here without a look at the log",
      file: "src/engine/calls/waiting-hook.ts",
      search: "if (!(found instanceof DetentError) || !(await session.catchUp())) return found;",
      replace: "if (true) return found;",
    },
    {
      id: "repeat-refused",
      rule: "a delivery that is made again is answered as the first time",
      file: "src/engine/calls/resume-hook.ts",
      search: "if (deliveryId === undefined) return false;",
      replace: "if (deliveryId !== '') return false;",
    },
    {
      id: "repeat-of-anybody",
      rule: "only by its own id is a delivery known as made again",
      file: "src/engine/calls/resume-hook.ts",
      search: "event.delivery === deliveryId,",
      replace: "event.delivery !== undefined,",
    },
    {
      id: "waits-at-once",
      rule: "a hook is waited for from the first `then` on, and is no checkpoint before",
      file: "src/authoring/hook.ts",
      search: "token: issued.token,",
      replace: "token: (void Promise.resolve(issued.wait()).catch(() => {}), issued.token),",
    },
    {
      id: "asked-watched",
      rule: "nobody looks after a run that waits for an answer alone",
      file: "src/engine/commit/head-update.ts",
      search: "const otherwise = next.asks ? head.keepAt : now + watchdogMs;",
      replace: "const otherwise = now + watchdogMs;",
    },
    {
      id: "hidden-cancelled",
      rule: "only hooks are listed that take a payload",
      file: "src/engine/calls/read-hooks.ts",
      search: "if (open && isAwaited(state, open)) {",
      replace: "if (open) {",
    },
  ]),
  ...mutantsOf("rows", rows, [
    {
      id: "none-left",
      rule: "a payload leaves a row in the very write that brings it (TU1)",
      file: "src/engine/commit/commit.ts",
      search: ": wakes(events) && !asksToStop(events);",
      replace: ": false;",
    },
    {
      id: "moves-head",
      rule: "the head's `dueAt` stands while a row looks after the run (RW1)",
      file: "src/engine/commit/head-update.ts",
      search: "return rests && !hasRows ? soon : undefined;",
      replace: "return rests ? soon : undefined;",
    },
    {
      id: "never-cleared",
      rule: "rows are cleared once the head shows that the run rests (RW2)",
      file: "src/engine/commit/clear-rows.ts",
      search: "rests(next) && isShown ? rows : rows.slice(0, -1)",
      replace: "rows.slice(0, -1)",
    },
    {
      id: "cleared-busy",
      rule: "rows stand for as long as their run goes on (RW1)",
      file: "src/engine/commit/clear-rows.ts",
      search: "rests(next) && isShown ? rows : rows.slice(0, -1)",
      replace: "isShown ? rows : rows.slice(0, -1)",
    },
    {
      id: "cleared-unshown",
      rule: "rows stand where another has written the head at a later position (RW2)",
      file: "src/engine/commit/clear-rows.ts",
      search: "rests(next) && isShown ? rows : rows.slice(0, -1)",
      replace: "rests(next) ? rows : rows.slice(0, -1)",
    },
    {
      id: "all-kept",
      rule: "while the run goes on one row is enough (RW3)",
      file: "src/engine/commit/clear-rows.ts",
      search: "rests(next) && isShown ? rows : rows.slice(0, -1)",
      replace: "rests(next) && isShown ? rows : []",
    },
    {
      id: "oldest-kept",
      rule: "the row that stays is the newest (RW3)",
      file: "src/engine/commit/clear-rows.ts",
      search: "rests(next) && isShown ? rows : rows.slice(0, -1)",
      replace: "rests(next) && isShown ? rows : rows.slice(1)",
    },
    {
      id: "end-fails",
      rule: "a run has ended although its rows could not be cleared",
      file: "src/engine/commit/clear-rows.ts",
      search: "logger.warn(message, { runId, error: loggedError(error) });",
      replace:
        "logger.warn(message);\n  throw new Error(message, { cause: { runId, error: loggedError(error) } });",
    },
    {
      id: "end-uncleared",
      rule: "who ends a run clears its rows",
      file: "src/engine/commit/clear-rows.ts",
      search: "await clear(session, session.rows.before(position));",
      replace: "",
    },
    {
      id: "clears-first",
      rule: "the sweep makes the head due before it clears a row (W6)",
      file: "src/engine/calls/take-up-rows.ts",
      search:
        "if (!(await isSeenTo(worker, key, own))) continue; await worker.store.log.clearRows(key, own);",
      replace:
        "await worker.store.log.clearRows(key, own);\n    if (!(await isSeenTo(worker, key, own))) continue;",
    },
    {
      id: "any-incarnation",
      rule: "a row of an older run with the same id wakes nobody",
      file: "src/engine/calls/take-up-rows.ts",
      search: "if (head.incarnation !== incarnation && !isOfPast) return true;",
      replace: "",
    },
    {
      id: "not-due",
      rule: "a row whose time has come makes its run due (W6)",
      file: "src/engine/calls/take-up-rows.ts",
      search: "if (dueAt !== undefined && dueAt <= now) return true;",
      replace: "if (dueAt !== undefined) return true;",
    },
    {
      id: "announced",
      rule: "a row is not announced",
      file: "src/engine/calls/sweep.ts",
      search: "({ runId, row }) => !row && !round.woken.has(runId)",
      replace: "({ runId }) => !round.woken.has(runId)",
    },
    {
      id: "unread",
      rule: "an entry that is read says whether it still has a row",
      file: "src/engine/session/open-rows.ts",
      search: 'if (dueAt !== undefined) this.add({ type: "entry", position }, position);',
      replace: "",
    },
  ]),
];
