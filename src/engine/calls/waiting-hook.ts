/** Whether a hook takes a payload, as the log and the code have it; if not, why. */
import type { PendingHook } from "../../core/commands/hook.ts";
import { type EventOfKind, isEventOf } from "../../core/commands/index.ts";
import {
  DetentError,
  HookAlreadyReceivedError,
  HookExpiredError,
  HookNotFoundError,
  RunEndedError,
} from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { RunStatus } from "../../core/run.ts";
import type { RunState } from "../../core/run-state.ts";
import { isAwaited } from "../../core/situation.ts";
import type { Session } from "../session/session.ts";

/** The hook as the code waits for it, or why it takes no payload. */
export async function waitingHook(
  session: Session,
  command: number,
): Promise<PendingHook | DetentError> {
  const found = await hookAsKnown(session, command);
  // What is known here may be out of date.
  if (!(found instanceof DetentError) || !(await session.catchUp())) return found;
  return await hookAsKnown(session, command);
}

/** The same, by what is known of the run here. */
export async function hookAsKnown(
  session: Session,
  command: number,
): Promise<PendingHook | DetentError> {
  const { clock } = session.services;
  const { state } = session;
  const { runId } = session.key;
  if (state.ended) return hasEnded(runId, state.ended, state);
  const fate = state.open.has(command)
    ? undefined
    : fateOf(runId, command, await session.entries());
  if (fate) return fate;
  if (isToStartLater(state, clock.now())) return new HookNotFoundError();
  const { pending, fault } = await outcomeOf(session);
  if (fault) return fault;
  const hook = pending?.get(command);
  // Code that was shown what then came otherwise may have asked for a hook where there is none.
  if (hook && hook.kind !== "hook") return new HookNotFoundError();
  if (hook && isAwaited(state, hook)) return hook;
  // What the code asks for after the delivery is rejected at once, and nothing waits for it.
  const isCancelled = hook !== undefined || state.cancellation?.delivered !== undefined;
  if (!isCancelled) return new HookNotFoundError();
  return new HookExpiredError({ runId, hook: hook?.name, reason: "cancelled" });
}

/** What a late sender is told: how the run has ended, and why it was to. */
export function hasEnded(
  runId: string,
  status: RunStatus,
  {
    termination,
    cancellation,
  }: { [By in "termination" | "cancellation"]?: { reason?: string | undefined } | undefined },
): RunEndedError {
  const { reason } = termination ?? cancellation ?? {};
  return new RunEndedError({ runId, status, reason });
}

/** What became of a hook whose log is over, as its run went on in another one. */
export function fateInPast(
  runId: string,
  command: number,
  log: readonly Entry[],
): HookAlreadyReceivedError | HookExpiredError {
  const last = lastOf(command, log);
  const fate = last?.type === "hook.cancelled" ? undefined : fateOf(runId, command, log);
  return fate ?? new HookExpiredError({ runId, hook: last?.hook, reason: "continued" });
}

/** What became of a hook that is open no more; nothing if the log has not heard of it. */
function fateOf(
  runId: string,
  command: number,
  log: readonly Entry[],
): HookAlreadyReceivedError | HookExpiredError | undefined {
  const last = lastOf(command, log);
  if (!last || last.type === "hook.created") return undefined;
  const { hook } = last;
  if (last.type === "hook.received") return new HookAlreadyReceivedError({ runId, hook });
  const reason = last.type === "hook.expired" ? "timeout" : "cancelled";
  return new HookExpiredError({ runId, hook, reason });
}

function lastOf(command: number, log: readonly Entry[]): EventOfKind["hook"] | undefined {
  const events = log.flatMap((entry) => entry.events.filter((event) => isEventOf("hook", event)));
  return events.findLast((event) => event.command === command);
}

/** No code of it may run yet, so nobody can have a token of it. */
function isToStartLater({ begun, pause, startAt }: RunState, now: number): boolean {
  return !begun && (pause !== undefined || (startAt !== undefined && now < startAt));
}

async function outcomeOf(session: Session): Promise<Partial<Pick<Outcome, "pending" | "fault">>> {
  try {
    return await session.outcome();
  } catch (error) {
    if (error instanceof DetentError) return { fault: error };
    throw error;
  }
}
