import { Hono } from "hono";
import { CancellationError, RunEndedError, TimeoutError } from "../../core/errors.ts";
import { isEnded, type RunStatus } from "../../core/run.ts";
import type { Engine, Run } from "../../engine/engine.ts";
import type { Logger } from "../../ports/logger.ts";
import { answer } from "../answer.ts";
import { answerError } from "../errors.ts";
import { readPath, readQuery } from "../path.ts";
import { resultQuerySchema } from "../schemas.ts";
import { waitOf } from "./longest-wait.ts";

/** How a run ended: its output, or the error that `engine.result` throws. */
interface Result {
  runId: string;
  status: RunStatus;
  output?: unknown;
  error?: unknown;
}

/** What came of a run, once it has ended; a request waits for that. */
export function resultRoutes(engine: Engine, logger: Logger): Hono {
  return new Hono().get("/:runId/result", async (c) => {
    const runId = readPath(c, "runId");
    const timeout = waitOf(readQuery(c, resultQuerySchema).timeout);
    try {
      const output = await engine.result(runId, { timeout });
      return answer(c, { runId, status: "completed", output } satisfies Result);
    } catch (error) {
      const run = await engine.getRun(runId);
      const { status } = run;
      if (isEndedBy(error, run)) return answer(c, { runId, status, error } satisfies Result);
      if (!(error instanceof TimeoutError)) throw error;
      return answerError(c, error, logger, { runId, status });
    }
  });
}

/** Whether this is the run's own error, and not one of finding it out. */
function isEndedBy(error: unknown, { status, error: own }: Run): boolean {
  if (!isEnded(status)) return false;
  if (status !== "failed") {
    return error instanceof CancellationError || error instanceof RunEndedError;
  }
  const { name, message } = error instanceof Error ? error : { name: "Error", message: `${error}` };
  return name === own?.name && message === own.message;
}
