/**
 * How a run goes on as new: its log ends, as at every ending, and its next one begins in the same write.
 *
 * CN1. A request that is in the log first is delivered instead, and what holds a run back holds this up.
 * CN2. It waits until no shield is open, as every ending does, and comes before the limit of events: who
 *      asks for it in a long log gets it.
 * CN3. Whether the code can have it is found out before anything is written; what keeps it from that is
 *      recorded, so every replay finds the same.
 */

import { generationFields } from "../commands/generation.ts";
import { isGeneration } from "../commands/index.ts";
import type { Outcome } from "../outcome.ts";
import type { RunState } from "../run-state.ts";
import { isFree, type Situation } from "../situation.ts";
import type { Decision } from "./decision.ts";
import { close, unbegun } from "./ending.ts";

export function continueAsNew(
  state: RunState,
  outcome: Outcome,
  { generation, successor }: Pick<Situation, "generation" | "successor">,
): Decision | undefined {
  if (outcome.ending) return undefined;
  const asked = [...outcome.unrecorded.values()].find(isGeneration);
  if (!asked || asked.command !== successor?.command || !isFree(state, asked)) return undefined;
  if (successor.refusal !== undefined) {
    const refused = { type: "generation.refused" as const, ...generationFields(asked) };
    return { events: [{ ...refused, error: successor.refusal }], next: { type: "replay" } };
  }
  if (outcome.openShields > 0) return undefined;
  const { command } = asked;
  const last = { type: "workflow.continued" as const, command, generation: generation + 1 };
  const others = [...outcome.unrecorded.values()].filter((each) => each !== asked);
  return { ...close(state, last, unbegun(others)), next: { type: "continued" } };
}
