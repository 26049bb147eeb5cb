import { pause } from "../../ports/clock.ts";
import { loggedError } from "../../ports/logged-error.ts";
import type { Parts } from "../services.ts";

/** How one attempt holds on to its claim. */
export interface Lease {
  /** When the claim ends if it is not renewed. */
  until: number;
  /** How long the claim may last, counted from now. */
  lengthMs(): number;
  /** When the attempt itself ends at the latest; a claim that lasts so long needs no renewal. */
  attemptEndsBy: number | undefined;
  /** @returns whether the claim is still held. */
  renew(until: number): Promise<boolean>;
  /** Called when the claim is held no more, although the attempt is not over. */
  lost(): void;
}

/** A renewal that gains less than this part of the first lease is not worth its write. */
const LEAST_GAIN = 0.1;
const SHORTEST_PAUSE_MS = 10;

/**
 * Renews a claim whenever a third of it has passed, until the attempt is over. Never throws.
 * @returns whether the claim was held to the end, as far as is known.
 */
export async function keepLease(parts: Parts, lease: Lease, over: AbortSignal): Promise<boolean> {
  const { clock, logger } = parts;
  const { skewMs } = parts.settings;
  let { until } = lease;
  const leastGain = LEAST_GAIN * Math.max(0, until - clock.now());
  while (!over.aborted) {
    await pause(clock, Math.max(SHORTEST_PAUSE_MS, (until - clock.now()) / 3), over);
    if (over.aborted) break;
    if (lease.attemptEndsBy !== undefined && lease.attemptEndsBy <= until + skewMs) break;
    try {
      const length = lease.lengthMs();
      // The function's time is up: whoever gets the next message may take over.
      if (length <= 0 && clock.now() >= until) return over.aborted;
      const next = clock.now() + length;
      if (next < until + leastGain) continue;
      if (!(await lease.renew(next))) return over.aborted;
      until = next;
    } catch (error) {
      logger.warn("Could not renew the lease of a step", { error: loggedError(error) });
    }
  }
  return true;
}
