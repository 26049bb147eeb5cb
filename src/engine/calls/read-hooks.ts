import type { EventOf } from "../../core/events.ts";
import { begin, fold } from "../../core/fold.ts";
import { isEnded } from "../../core/run.ts";
import { isAwaited } from "../../core/situation.ts";
import type { OpenHook } from "../engine.ts";
import { hookToken } from "../replay/hook-token.ts";
import { loadLog } from "../replay/load-log.ts";
import type { Services } from "../services.ts";
import { headOf } from "./read-head.ts";

/** The hooks of a run that take a payload now, in the order in which they were asked for. */
export async function openHooks(services: Services, runId: string): Promise<OpenHook[]> {
  const head = await headOf(services, runId);
  if (isEnded(head.status)) return [];
  const [start, ...entries] = await loadLog(services.store, head);
  if (!start) return [];
  const state = entries.reduce(fold, begin(start));
  // Its log was exchanged after the head was read.
  if (state.continued) return await openHooks(services, runId);
  if (state.ended) return [];
  /** As each was recorded last: one that begins anew has another time. */
  const created = new Map<number, OpenHook>();
  for (const { at, events } of entries) {
    for (const event of events) {
      if (event.type !== "hook.created") continue;
      const open = state.open.get(event.command);
      if (open && isAwaited(state, open)) {
        created.set(event.command, shown(event, at, hookToken(head, event.command)));
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
