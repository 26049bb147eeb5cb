import type { PendingStep } from "../../core/commands/step.ts";
import { isEnded } from "../../core/run.ts";
import { judge, type Verdict } from "../../core/settle.ts";
import type { Session } from "../session/session.ts";
import { Attempt } from "./attempt.ts";
import { type Lease, secureLease, type Unheld } from "./hold-lease.ts";
import { keepLog } from "./keep-log.ts";

/** One attempt of a step, claimed by this process. */
export interface ClaimedAttempt {
  step: PendingStep;
  attempt: number;
  lease: Lease;
}

/** What a claimed attempt came to; or why it never began, or is not waited for any more. */
export type Ran = { type: "ended"; verdict: Verdict } | { type: "stopped" | Unheld };

/**
 * Runs a claimed attempt in this process, unless it is too late for that by now. Code that goes on
 * when its claim is held no more is left to itself: it may never end.
 */
export async function runAttempt(
  session: Session,
  { step, attempt, lease }: ClaimedAttempt,
): Promise<Ran> {
  const hold = await secureLease(session.services, lease);
  if (hold !== "held") return { type: hold };
  // A write of this very turn may just have been told so.
  if (session.state.ended || session.state.continued || isEnded(session.head.status))
    return { type: "lost" };
  const { clock, random } = session.services;
  const watched = session.services.observing.attempt(session.head, step, attempt);
  const running = new Attempt(session.services, session.head, {
    step: watched.step,
    number: attempt,
  });
  session.attempts.begin(step.command, running);
  running.tell({ cancellation: session.state.cancellation, ended: session.state.ended });
  const over = new AbortController();
  void keepLog(session, over.signal);
  return await new Promise<Ran>((resolve, reject) => {
    const lost = (why: Unheld): void => {
      session.attempts.lose(step.command, running);
      resolve({ type: why });
    };
    const ended = running.run(lease, lost).then((end): Ran => {
      session.attempts.end(step.command, running);
      watched.ended(end);
      const verdict = judge(
        end,
        { policy: step.policy, attempt },
        { now: clock.now(), random: random() },
      );
      return { type: "ended", verdict };
    });
    ended.then(resolve, reject);
  }).finally(() => over.abort());
}
