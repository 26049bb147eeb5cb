import type { PendingStep } from "../../core/outcome.ts";
import { judge, type Verdict } from "../../core/settle.ts";
import type { Parts } from "../services.ts";
import type { Session } from "../session/session.ts";
import { Attempt } from "./attempt.ts";
import type { Lease } from "./hold-lease.ts";

export interface Claimed {
  claim: string;
  attempt: number;
  lease: number;
}

/** Runs one claimed attempt of a step in this process. @returns what it comes to. */
export async function execute(
  parts: Parts,
  session: Session,
  step: PendingStep,
  { attempt, lease }: Claimed,
  leaseMs: (step: PendingStep) => number,
  renew: Lease["renew"],
): Promise<Verdict> {
  const { clock, random } = parts;
  const { timeoutMs } = step.policy;
  const watched = parts.observing.attempt(session.head, step, attempt);
  const running = new Attempt(parts, session.head, watched.step, attempt);
  session.begin(step.command, running);
  running.tell({ cancellation: session.state.cancellation, ended: session.state.ended });
  try {
    const end = await running.run({
      until: lease,
      lengthMs: () => leaseMs(step),
      attemptEndsBy: timeoutMs === undefined ? undefined : clock.now() + timeoutMs,
      renew,
      lost: () => session.lose(step.command, running),
    });
    watched.ended(end);
    return judge(end, { policy: step.policy, attempt }, clock.now(), random());
  } finally {
    session.end(step.command, running);
  }
}
