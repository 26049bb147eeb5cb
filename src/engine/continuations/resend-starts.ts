/** What becomes of children whose first message may be lost with the process that was to send it. */
import type { OpenChild } from "../../core/commands/child.ts";
import { type Continuation, MAX_DELAY_MS } from "../../ports/scheduler.ts";
import type { Session } from "../session/session.ts";

/**
 * Sends the first messages of children again: each but once. The delivery may be that of a process which
 * died right after the birth, and then the last entry tells of it; a look at the run answers for all that
 * are young. Any other is the sweep's, as a child is due from its birth on.
 */
export async function sendStartsAgain(
  session: Session,
  { task, child, claim, timer, sweep }: Continuation,
): Promise<void> {
  const { sent, services, state } = session;
  if (sweep) return;
  const isLook = [task, child, claim, timer].every((named) => named === undefined);
  const now = services.clock.now();
  const mayBeLost = ({ since }: OpenChild): boolean =>
    since !== undefined &&
    (since.position === state.position - 1 || (isLook && now - since.at < MAX_DELAY_MS));
  const again: OpenChild[] = [];
  for (const side of [state.open.unshielded, state.open.shielded]) {
    for (const open of side.family()) {
      if (!sent.hasStarted(open.command) && mayBeLost(open)) again.push(open);
    }
  }
  if (again.length === 0) return;
  await services.scheduler.send(again.map((open) => ({ continuation: { runId: open.child } })));
  sent.addStarted(again.map(({ command }) => command));
}
