/**
 * The message that waits for the end of claims in the log. Whoever holds one may be gone, and with it
 * the very message that this delivery repeats: acknowledged here, it would come to nobody again.
 *
 * One message is enough for a claim. It names what it waits for, goes on as another while any of
 * that is live, and ends with it: whoever claims anew has a message that names nothing.
 */
import { byOwnClock } from "../../core/own-clock.ts";
import { type LiveClaim, liveClaims } from "../../core/wait.ts";
import type { Continuation } from "../../ports/scheduler.ts";
import type { Committed } from "../commit/commit.ts";
import { ownClock } from "../session/own-clock.ts";
import type { Session } from "../session/session.ts";
import { later } from "./messages.ts";

export async function watchClaims(
  session: Session,
  { next, state, at }: Committed,
  { claim: named, sweep }: Continuation,
): Promise<void> {
  const { clock, scheduler } = session.services;
  // The sweep comes by itself.
  if (sweep) return;
  const own = next.type === "run" ? next.claim : undefined;
  // What was left to a claim that was live then: by now it may have ended, and nobody waits for that.
  const here = ownClock(session.services, session.key);
  const { skewMs } = here;
  const now = at - here.now > skewMs ? here.now : at;
  const left = liveClaims(byOwnClock(state, here), { now, skewMs });
  const live = left.filter(({ id }) => id !== own);
  const isMine = ({ id }: LiveClaim): boolean =>
    named === undefined ? !session.sent.hasClaim(id) : named.includes(id);
  const mine = live.filter(isMine);
  if (mine.length > 0) {
    const claim = idsOf(mine).join(" ");
    const end = Math.max(...mine.map(({ endsAt }) => endsAt));
    const message = { continuation: { runId: session.key.runId, claim } };
    await scheduler.send([later(message, end, clock.now())]);
  }
  session.sent.addClaims(idsOf(mine), new Set(idsOf(live)));
}

function idsOf(claims: readonly LiveClaim[]): string[] {
  return claims.map(({ id }) => id);
}
