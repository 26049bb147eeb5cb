import type { Entry } from "../../core/events.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Parts } from "../services.ts";
import { Execution } from "./execution.ts";

/** A cold replay of a whole log. @throws WorkflowNotFoundError when its code is not deployed here. */
export async function replayLog(
  { registry, logger }: Parts,
  head: RunHead,
  entries: readonly Entry[],
): Promise<Execution> {
  const workflow = registry.version(head.workflow, head.version);
  const { runId } = head;
  const execution = new Execution(workflow, head, logger.child({ runId, workflow: head.workflow }));
  // The first time round, what the code logs is new.
  await execution.feed(head.start, { quiet: entries.length > 0 });
  for (const entry of entries) await execution.feed(entry, { quiet: true });
  return execution;
}
