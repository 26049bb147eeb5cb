import { WARNED_EVENTS } from "../../core/bounds.ts";
import type { Run } from "../../engine/engine.ts";

/** How many events the log of a live run may have, if it has so many by now that one should know. */
export function nearLimit({ eventLimit }: Run, events: number): number | undefined {
  if (eventLimit === undefined) return undefined;
  return events >= WARNED_EVENTS * eventLimit ? eventLimit : undefined;
}
