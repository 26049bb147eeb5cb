import type { PendingStep } from "../../core/outcome.ts";
import { isEnded } from "../../core/run.ts";
import { judge, type Verdict } from "../../core/settle.ts";
import type { Parts } from "../services.ts";
import type { Session } from "../session/session.ts";
import { Attempt } from "./attempt.ts";
import { type Hold, type Lease, secureLease } from "./hold-lease.ts";

/** One attempt of a step, claimed by this process. */
export interface ClaimedAttempt {
  step: PendingStep;
  attempt: number;
  lease: Lease;
}

/** What a claimed attempt came to; or why it never began. */
export type Ran = { type: "ended"; verdict: Verdict } | { type: Exclude<Hold, "held"> | "late" };

/** Runs a claimed attempt in this process, unless it is too late for that by now. */
export async function runAttempt(
  parts: Parts,
  session: Session,
  { step, attempt, lease }: ClaimedAttempt,
): Promise<Ran> {
  const hold = await secureLease(parts, lease);
  if (hold !== "held") return { type: hold };
  // A write of this very turn may just have been told so.
  if (session.state.ended || isEnded(session.head.status)) return { type: "lost" };
  const { clock, random } = parts;
  const watched = parts.observing.attempt(session.head, step, attempt);
  const running = new Attempt(parts, session.head, watched.step, attempt);
  session.begin(step.command, running);
  running.tell({ cancellation: session.state.cancellation, ended: session.state.ended });
  try {
    const end = await running.run(lease, () => session.lose(step.command, running));
    watched.ended(end);
    const verdict = judge(end, { policy: step.policy, attempt }, clock.now(), random());
    return { type: "ended", verdict };
  } finally {
    session.end(step.command, running);
  }
}
