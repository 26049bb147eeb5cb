import { Hono } from "hono";
import { TimeoutError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Logger } from "../../ports/logger.ts";
import { answer } from "../answer.ts";
import { answerError } from "../errors.ts";
import { readPath, readQuery } from "../path.ts";
import { resultQuerySchema } from "../schemas.ts";
import { waitOf } from "./longest-wait.ts";

/** What came of a run, once it has ended; a request waits for that. */
export function resultRoutes(engine: Engine, logger: Logger): Hono {
  return new Hono().get("/:runId/result", async (c) => {
    const runId = readPath(c, "runId");
    const timeout = waitOf(readQuery(c, resultQuerySchema).timeout);
    try {
      return answer(c, await engine.waitForEnd(runId, { timeout }));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      return answerError(c, error, logger, { runId, status: error.status });
    }
  });
}
