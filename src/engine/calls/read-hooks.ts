import { RunNotFoundError } from "../../core/errors.ts";
import type { Entry, EventOf } from "../../core/events.ts";
import type { RunState } from "../../core/run-state.ts";
import { isAwaited } from "../../core/situation.ts";
import type { OpenHook } from "../engine.ts";
import { hookToken } from "../replay/hook-token.ts";
import { openSession } from "../session/open-session.ts";
import type { Session } from "../session/session.ts";
import type { Worker } from "../session/worker.ts";

/**
 * The hooks of a run that take a payload now, in the order in which they were asked for. What is read of
 * its log is kept, so that who asks again, or answers, reads what is new.
 * @throws RunNotFoundError
 */
export async function openHooks(worker: Worker, runId: string): Promise<OpenHook[]> {
  const { head, session } = await openSession(worker, runId);
  if (!head) throw new RunNotFoundError(runId);
  if (!session) return [];
  try {
    return await session.use(() => session.exclusive(() => hooksOf(session)));
  } catch (error) {
    if (!session.gone) throw error;
    // Its log was exchanged since it was last known here.
    session.retired = true;
    return await openHooks(worker, runId);
  }
}

async function hooksOf(session: Session): Promise<OpenHook[]> {
  await session.catchUp();
  const { state, head } = session;
  if (state.ended) return [];
  return hooksIn(state, await session.entries(), (command) => hookToken(head, command));
}

function hooksIn(
  state: RunState,
  log: readonly Entry[],
  tokenOf: (command: number) => string,
): OpenHook[] {
  /** As each was recorded last: one that begins anew has another time. */
  const created = new Map<number, OpenHook>();
  for (const { at, events } of log) {
    for (const event of events) {
      if (event.type !== "hook.created") continue;
      const open = state.open.get(event.command);
      if (open && isAwaited(state, open)) {
        created.set(event.command, shown(event, at, tokenOf(event.command)));
      }
    }
  }
  return [...created.values()].sort((a, b) => a.command - b.command);
}

function shown(
  { hook, command, expiresAt, schema }: EventOf<"hook.created">,
  at: number,
  token: string,
): OpenHook {
  return {
    hook,
    command,
    token,
    createdAt: new Date(at),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    ...(schema && { schema }),
  };
}
