import type { OwnClock } from "../../core/own-clock.ts";
import type { RunKey } from "../../ports/store.ts";
import type { Services } from "../services.ts";

/** How this process judges the times that others have stamped. */
export function ownClock(
  { clock, settings: { skewMs }, sightings }: Services,
  { runId, incarnation }: RunKey,
): OwnClock {
  return {
    now: clock.now(),
    skewMs,
    seenSince: (name) => sightings.since(`${runId} ${incarnation} ${name}`),
  };
}
