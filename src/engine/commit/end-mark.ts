/** How the parent of a run is told that it has ended. */
import { CancellationError, RunEndedError } from "../../core/errors.ts";
import { type Encoded, encodeError } from "../../core/value.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { fitsInHead } from "../../ports/limits.ts";
import type { EndMark, LeftMark, RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";
import type { WrittenEntry } from "./head-update.ts";

/** What the entry that ends a run leaves with its parent; nothing of a run that has none. */
export function endMarkOf(
  { clock, settings }: Services,
  { runId, parent, generation }: RunHead,
  { events, state }: WrittenEntry,
): LeftMark | undefined {
  const { ended: status, position } = state;
  if (!parent || !status) return undefined;
  const { command, incarnation } = parent;
  const mark: EndMark = {
    command,
    child: runId,
    ...(generation && { generation: generation.number }),
    status,
    position,
    ...valueIn(runId, { events, state }),
  };
  return {
    parent: { runId: parent.runId, incarnation },
    mark,
    dueAt: clock.now() + settings.watchdogMs,
  };
}

/** What it came to. A value that is not small is left to the log. */
function valueIn(
  runId: string,
  { events, state }: Pick<WrittenEntry, "events" | "state">,
): { output?: Encoded; error?: Encoded } {
  const last = events.at(-1);
  switch (last?.type) {
    case "workflow.completed":
      return fitsInHead({ output: last.output }) ? { output: last.output } : {};
    case "workflow.failed":
      return fitsInHead({ error: last.error }) ? { error: last.error } : {};
    case "workflow.cancelled": {
      const { reason, requestedBy, requestedAt = 0 } = state.cancellation ?? {};
      const asked = { reason, requestedBy, requestedAt: new Date(requestedAt), runId };
      return { error: encodeError(new CancellationError(asked)) };
    }
    default: {
      const { reason } = state.termination ?? {};
      return { error: encodeError(new RunEndedError({ runId, status: "terminated", reason })) };
    }
  }
}

/** Has the parent go on. Should the queue refuse the message, the row of the mark is the sweep's. */
export async function tellParent({ scheduler, logger }: Services, head: RunHead): Promise<void> {
  const { runId, parent } = head;
  if (!parent) return;
  try {
    await scheduler.send([{ continuation: { runId: parent.runId, child: parent.command } }]);
  } catch (error) {
    logger.warn(
      "The queue did not take the message of a child that has ended; the sweep sends it",
      {
        runId,
        parent: parent.runId,
        error: loggedError(error),
      },
    );
  }
}
