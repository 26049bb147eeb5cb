/** Runs a step that was claimed in the log. */
import type { Next } from "../../core/decide.ts";
import { record } from "../../core/settle.ts";
import { commitEvents, type NewsSource } from "../commit/commit.ts";
import type { TurnLimits } from "../commit/plan.ts";
import type { Parts } from "../services.ts";
import type { Session } from "../session/session.ts";
import { execute } from "./run-attempt.ts";

/** @returns how the attempt ended, as news for the log. */
export async function runLogged(
  parts: Parts,
  session: Session,
  run: Extract<Next, { type: "run" }>,
  { leaseMs }: TurnLimits,
): Promise<NewsSource> {
  const { step, claim } = run;
  const renew = (until: number): Promise<boolean> =>
    renewInLog(parts, session, step.command, claim, until);
  const verdict = await execute(parts, session, step, run, leaseMs, renew);
  return (state) => record(state, step.command, claim, verdict, parts.clock.now());
}

/** A longer lease moves the tail, so that no other process takes a live step over unawares. */
async function renewInLog(
  parts: Parts,
  session: Session,
  command: number,
  claim: string,
  lease: number,
): Promise<boolean> {
  const renewed = await session.exclusive(() =>
    commitEvents(parts, session, (state) => {
      const open = state.open.get(command);
      if (state.ended || open?.kind !== "step" || open.phase.type !== "running") return [];
      if (open.phase.claim !== claim) return [];
      const { name: step, attempt, shielded } = open;
      return [{ type: "step.renewed", command, step, attempt, shielded, claim, lease }];
    }),
  );
  return renewed.length > 0;
}
