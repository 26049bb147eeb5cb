import { recordProblem } from "../commit/record-problem.ts";
import type { Session } from "../session/session.ts";

/**
 * Records the fault of code that went on by itself while nothing was fed to it: whoever brings the
 * next message may be hours away. If others have written meanwhile, they saw a run that could go on.
 */
export async function reportLateFault(session: Session): Promise<void> {
  await session.exclusive(async () => {
    if (session.state.ended || (await session.catchUp())) return;
    const { fault } = await session.outcome();
    if (!fault || session.reported?.fault === fault) return;
    const { state, head } = session;
    await recordProblem(session, { state, head }, fault);
  });
}
