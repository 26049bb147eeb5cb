import { Hono } from "hono";
import type { Engine } from "../../engine/engine.ts";
import { answer } from "../answer.ts";
import { readPath, readQuery } from "../path.ts";
import { eventsQuerySchema, noQuerySchema, runsQuerySchema } from "../schemas.ts";

/** Reading runs and their logs. */
export function runRoutes(engine: Engine): Hono {
  return new Hono()
    .get("/", async (c) => answer(c, await engine.listRuns(readQuery(c, runsQuerySchema))))
    .get("/:runId", async (c) => {
      readQuery(c, noQuerySchema);
      return answer(c, await engine.getRun(readPath(c, "runId")));
    })
    .get("/:runId/events", async (c) =>
      answer(c, await engine.getEvents(readPath(c, "runId"), readQuery(c, eventsQuerySchema))),
    );
}
