import { Hono } from "hono";
import type { Engine } from "../../engine/engine.ts";
import { answer, answerList, answerPage } from "../answer.ts";
import { readPath, readQuery } from "../path.ts";
import { eventsQuerySchema, noQuerySchema, runsQuerySchema } from "../schemas.ts";

/** Reading runs and their logs. */
export function runRoutes(engine: Engine): Hono {
  return new Hono()
    .get("/", async (c) => {
      const { runs, cursor } = await engine.listRuns(readQuery(c, runsQuerySchema));
      return answerList(c, "runs", runs, cursor === undefined ? {} : { cursor });
    })
    .get("/:runId", async (c) => {
      readQuery(c, noQuerySchema);
      return answer(c, await engine.getRun(readPath(c, "runId")));
    })
    .get("/:runId/events", async (c) => {
      const query = readQuery(c, eventsQuerySchema);
      const { events, more = false } = await engine.getEvents(readPath(c, "runId"), query);
      return answerPage(c, "events", events, more);
    });
}
