/** Runs a step that was claimed in the log. */
import { isClaimed } from "../../core/commands/index.ts";
import type { Next } from "../../core/decide/decision.ts";
import { CancellationError } from "../../core/errors.ts";
import type { LogEvent } from "../../core/events.ts";
import type { RunState } from "../../core/run-state.ts";
import { record, type Verdict } from "../../core/settle.ts";
import { encodeError } from "../../core/value.ts";
import { commitEvents, type News } from "../commit/commit.ts";
import type { TurnLimits } from "../commit/plan.ts";
import type { Session } from "../session/session.ts";
import type { Hold, Lease } from "./hold-lease.ts";
import { type Ran, runAttempt } from "./run-attempt.ts";

type Claimed = Extract<Next, { type: "run" }>;

/** @returns how the attempt ended, as news for the log; nothing if it never began. */
export async function runLogged(
  session: Session,
  run: Claimed,
  { leaseMs, remainingMs }: Pick<TurnLimits, "leaseMs"> & Pick<Lease, "remainingMs">,
): Promise<News | undefined> {
  const { step, claim, attempt } = run;
  const aheadMs = leadOf(session.state, run);
  const lease: Lease = {
    until: run.lease,
    lengthMs: () => leaseMs(step),
    remainingMs,
    renew: (until: number) => renewInLog(session, run, until + aheadMs),
  };
  const ran = await runAttempt(session, { step, attempt, lease });
  const verdict = verdictOf(ran, session.state);
  if (!verdict) return undefined;
  return {
    eventsFor: (state) =>
      record(
        state,
        { command: step.command, claim },
        { verdict, now: session.services.clock.now() },
      ),
  };
}

/** By how much the log, where another's clock was ahead, says that a claim lasts longer than by this one. */
function leadOf({ open: commands }: RunState, { step, claim, lease }: Claimed): number {
  const open = commands.get(step.command);
  if (!isClaimed(open) || open.phase.claim !== claim) return 0;
  return open.phase.lease - lease;
}

/** An attempt that was kept from beginning ends as one does whose first line asks. */
function verdictOf(ran: Ran, { cancellation }: RunState): Verdict | undefined {
  if (ran.type === "ended") return ran.verdict;
  if (ran.type !== "stopped" || !cancellation) return undefined;
  const { reason, requestedBy, requestedAt } = cancellation;
  const error = new CancellationError({ reason, requestedBy, requestedAt: new Date(requestedAt) });
  return { type: "cancelled", error: encodeError(error) };
}

/**
 * A longer lease moves the tail, so that no other process takes a live step over unawares.
 * @param lease by the log's clock.
 */
async function renewInLog(
  session: Session,
  { step: { command, shielded }, claim }: Claimed,
  lease: number,
): Promise<Hold> {
  const renew = (): Promise<LogEvent[]> =>
    commitEvents(session, (state) => {
      const open = state.open.get(command);
      if (state.ended || !isClaimed(open) || open.phase.claim !== claim) return [];
      const { name: step, attempt } = open;
      return [{ type: "step.renewed", command, step, attempt, shielded, claim, lease }];
    });
  const renewed = await session.exclusive(renew).catch((error: unknown): LogEvent[] => {
    if (session.state.continued) return [];
    throw error;
  });
  if (renewed.length === 0) return "lost";
  return session.state.cancellation && !shielded ? "stopped" : "held";
}
