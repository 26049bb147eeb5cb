import { type Context, Hono } from "hono";
import { RunEndedError, TimeoutError } from "../../core/errors.ts";
import type { CancelAnswer, Engine, TerminateAnswer, WakeAnswer } from "../../engine/engine.ts";
import type { Logger } from "../../ports/logger.ts";
import { answer } from "../answer.ts";
import type { ReadBody } from "../body.ts";
import { answerError } from "../errors.ts";
import { readPath, readQuery } from "../path.ts";
import { cancelSchema, noQuerySchema, terminateSchema, wakeSchema } from "../schemas.ts";
import { waitOf } from "./longest-wait.ts";

/** Ending runs, gracefully or at once; and having them go on. */
export function stopRoutes(engine: Engine, readBody: ReadBody, logger: Logger): Hono {
  return new Hono()
    .post("/:runId/cancel", async (c) => {
      const runId = readPath(c, "runId");
      readQuery(c, noQuerySchema);
      const { timeout, ...options } = await readBody(c, cancelSchema);
      try {
        const cancelled = await engine.cancel(runId, { ...options, timeout: waitOf(timeout) });
        return answerStop(c, cancelled, options.wait === true ? 200 : 202, logger);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        return answerError(c, error, logger, { runId, status: error.status });
      }
    })
    .post("/:runId/terminate", async (c) => {
      const runId = readPath(c, "runId");
      readQuery(c, noQuerySchema);
      const options = await readBody(c, terminateSchema);
      return answerStop(c, await engine.terminate(runId, options), 202, logger);
    })
    .post("/:runId/wake", async (c) => {
      const runId = readPath(c, "runId");
      readQuery(c, noQuerySchema);
      await readBody(c, wakeSchema);
      return answerStop(c, await engine.wake(runId), 202, logger);
    });
}

function answerStop(
  c: Context,
  stop: CancelAnswer | TerminateAnswer | WakeAnswer,
  status: 200 | 202,
  logger: Logger,
): Response {
  if (stop.outcome !== "already-ended") return answer(c, stop, status);
  return answerError(c, new RunEndedError(stop), logger, { ...stop });
}
