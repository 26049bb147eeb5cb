/** A test mode: after every entry, the live execution must stand where a cold replay stands. */
import type { Outcome } from "../../core/outcome.ts";
import { decode } from "../../core/value.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";
import type { Execution } from "./execution.ts";
import { loadLog } from "./load-log.ts";
import { replayLog } from "./replay-log.ts";

export async function verifyAgainstCold(
  services: Services,
  head: RunHead,
  { live, position }: { live: Execution | undefined; position: number },
): Promise<void> {
  if (!live) return;
  // Just what the live execution was fed: others may have appended more by now.
  const entries = await loadLog(services.store, head, position);
  const cold = await replayLog(services, head, entries);
  const expected = summary(await cold.outcome());
  const found = summary(await live.outcome());
  if (expected === found) return;
  const log = JSON.stringify(entries);
  throw new Error(
    `Run ${head.runId}: the live execution differs from a cold replay.\nlive: ${found}\ncold: ${expected}\nlog: ${log}`,
  );
}

/** Errors are compared by what they say: stacks depend on who calls. */
function summary(outcome: Outcome): string {
  const { pending, unrecorded, ending, fault, ...rest } = outcome;
  const shown =
    ending?.type === "threw" ? { ...ending, error: String(decode(ending.error)) } : ending;
  const commands = { pending: [...pending.values()], unrecorded: [...unrecorded.keys()] };
  return JSON.stringify({ ...commands, ...rest, ending: shown, fault: fault && String(fault) });
}
