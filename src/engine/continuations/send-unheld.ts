import { loggedError } from "../../platform/logged-error.ts";
import type { Message } from "../../ports/scheduler.ts";
import type { Services } from "../services.ts";

/**
 * Sends the message of one who holds none for its run: who starts it, or asks it to stop. What was
 * asked for stands in the log by now, and the write that put it there made the run due; so where the
 * queue refuses the message the answer is still yes, and the next sweep sends it.
 */
export async function sendUnheld({ scheduler, logger }: Services, message: Message): Promise<void> {
  try {
    await scheduler.send([message]);
  } catch (error) {
    logger.warn("The queue did not take the message of a run; the next sweep sends it", {
      runId: message.continuation.runId,
      error: loggedError(error),
    });
  }
}
