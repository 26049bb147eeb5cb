import type { Waiting } from "../../http/client/index.ts";
import { type Client, type Run, type RunEvent, waitingFor } from "../../http/client/index.ts";
import { type CleanUpStep, cleanUpIn } from "./clean-up.ts";
import { readLog } from "./read-log.ts";

/** A run's record, and what its log says beside it. */
export interface WholeRun {
  run: Run;
  /** How many its log has. */
  events: number;
  waiting: readonly Waiting[];
  cleanUp: readonly CleanUpStep[];
}

export async function readWholeRun(
  client: Client,
  runId: string,
  signal: AbortSignal,
): Promise<WholeRun> {
  const run = await client.getRun(runId, { signal });
  const events: RunEvent[] = [];
  for await (const event of readLog(client, runId, { signal })) events.push(event);
  return { run, events: events.length, waiting: waitingFor(events), cleanUp: cleanUpIn(events) };
}
