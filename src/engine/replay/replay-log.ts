import type { Entry } from "../../core/events.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";
import { Execution } from "./execution.ts";

/** A cold replay of a whole log, from entry 0 on. @throws WorkflowNotFoundError when its code is not deployed here. */
export async function replayLog(
  { registry, logger }: Services,
  head: RunHead,
  log: readonly Entry[],
): Promise<Execution> {
  const workflow = registry.version(head.workflow, head.version);
  const { runId } = head;
  const execution = new Execution(workflow, head, logger.child({ runId, workflow: head.workflow }));
  execution.announce(log);
  // Nobody has run the code before who wrote the first entry: what it logs then is new.
  for (const entry of log) await execution.feed(entry, { quiet: log.length > 1 });
  return execution;
}
