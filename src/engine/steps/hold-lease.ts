import { loggedError } from "../../platform/logged-error.ts";
import { pause } from "../../ports/clock.ts";
import type { Services } from "../services.ts";

/** What a renewal found out: `stopped` is held still, but what has not begun must not. */
export type Hold = "held" | "stopped" | "lost";

/** Why a claim is held no more: another has it, or nobody will renew it. */
export type Unheld = "lost" | "late";

/** How one attempt holds on to its claim. */
export interface Lease {
  /** When the claim ends if it is not renewed. */
  until: number;
  /** How long the claim may last, counted from now. */
  lengthMs(): number;
  /** What is left to the function that executes the attempt, where the platform tells. */
  remainingMs?: (() => number) | undefined;
  renew(until: number): Promise<Hold>;
}

/** An attempt does not begin with less than this part of its lease. */
const ENOUGH = 2 / 3;
const MOST_RENEWALS = 5;

/**
 * Sees to it that a claimed attempt has most of its lease before it, by this machine's own clock: the
 * answer to its claim may have come late, or what followed the claim may have taken long, and others
 * take over what seems to be dead. What has not begun by then begins under a renewed lease, and not
 * at all if it was lost meanwhile.
 *
 * A renewal lasts longer by as much as the write before it was late, so that one is enough while the
 * store is as slow as it was.
 * @returns `late` if the store gets slower and slower, or the function's time is up: the attempt is
 *   given up, and counts like one that was lost with its function.
 */
export async function secureLease({ clock }: Services, lease: Lease): Promise<Hold | Unheld> {
  for (let renewals = 0; renewals < MOST_RENEWALS; renewals += 1) {
    const now = clock.now();
    const length = lease.lengthMs();
    const left = lease.until - now;
    if (length <= 0) return "late";
    if (left > 0 && left >= ENOUGH * length) return "held";
    const until = now + length + (length - left);
    const hold = await lease.renew(until);
    if (hold !== "held") return hold;
    lease.until = until;
  }
  return "late";
}

/** A renewal that gains less than this part of the first lease is not worth its write. */
const LEAST_GAIN = 0.1;
const SHORTEST_PAUSE_MS = 10;
/** The part of the margin for clocks that an attempt may outlive its lease by, unrenewed. */
const SPARE_MARGIN = 0.1;

/** So long before its timeout, an attempt that still executes gets its claim extended. */
const TIMEOUT_NEARS_MS = 2_000;

/**
 * Holds a claim until its attempt is over. Never throws.
 *
 * An attempt with a timeout needs its claim for so long, and code that outlives the timeout for as
 * long as it is waited for: that is added when the timeout comes near, as most attempts end before.
 * @returns `late` when the function's time is up, and whoever gets the next message may take over.
 */
export async function holdLease(
  services: Services,
  lease: Lease,
  { timeoutMs, over }: { timeoutMs: number | undefined; over: AbortSignal },
): Promise<"held" | Unheld> {
  if (timeoutMs === undefined) return await keepLease(services, lease, { over });
  const { clock, settings } = services;
  const timeoutAt = clock.now() + timeoutMs;
  const near = new AbortController();
  const nearsAfterMs = timeoutMs - Math.min(TIMEOUT_NEARS_MS, timeoutMs / 3);
  const timer = pause(clock, nearsAfterMs, over).then(() => near.abort());
  const hold = await keepLease(services, lease, { endsBy: timeoutAt, over: near.signal });
  if (hold !== "held") return over.aborted ? "held" : hold;
  await timer;
  if (over.aborted || settings.abandonAfterMs === 0) return "held";
  const endsBy = timeoutAt + settings.abandonAfterMs;
  return await keepLease(services, lease, { endsBy, atOnce: true, over });
}

interface Keeping {
  /** When the attempt ends at the latest; a claim that lasts so long needs no renewal. */
  endsBy?: number;
  /** The first renewal comes at once, and lasts as long as the attempt. */
  atOnce?: boolean;
  over: AbortSignal;
}

/** Renews a claim whenever a third of it has passed. @returns whether it was held, as far as is known. */
async function keepLease(
  services: Services,
  lease: Lease,
  { endsBy = Number.POSITIVE_INFINITY, atOnce = false, over }: Keeping,
): Promise<"held" | Unheld> {
  const { clock, logger } = services;
  const lastEnd = endsBy - SPARE_MARGIN * services.settings.skewMs;
  const leastGain = LEAST_GAIN * Math.max(0, lease.until - clock.now());
  for (let isFirst = true; !over.aborted; isFirst = false) {
    const third = Math.max(SHORTEST_PAUSE_MS, (lease.until - clock.now()) / 3);
    if (!(isFirst && atOnce)) await pause(clock, third, over);
    if (over.aborted || lastEnd <= lease.until) break;
    try {
      const length = lease.lengthMs();
      if (length <= 0 && clock.now() >= lease.until) return over.aborted ? "held" : "late";
      const next = atOnce ? endsBy : clock.now() + length;
      if (!atOnce && next < lease.until + leastGain) continue;
      if ((await lease.renew(next)) === "lost") return over.aborted ? "held" : "lost";
      lease.until = next;
    } catch (error) {
      logger.warn("Could not renew the lease of a step", { error: loggedError(error) });
    }
  }
  return "held";
}
