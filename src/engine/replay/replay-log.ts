import { type Entry, isFromOutside } from "../../core/events.ts";
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
  // What the code logs was written by the next who ran it: neither by who started the run, nor by senders.
  const written = log.findLastIndex((entry) => entry.position > 0 && !isFromOutside(entry));
  for (const [index, entry] of log.entries()) {
    await execution.feed(entry, { quiet: index <= written });
  }
  return execution;
}
