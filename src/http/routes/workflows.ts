import { Hono } from "hono";
import type { Engine } from "../../engine/engine.ts";
import { answer } from "../answer.ts";
import type { ReadBody } from "../body.ts";
import { readPath } from "../path.ts";
import { startSchema } from "../schemas.ts";

/** What is registered, and starting a run of it. */
export function workflowRoutes(engine: Engine, readBody: ReadBody): Hono {
  return new Hono()
    .get("/", (c) => {
      const workflows = engine.workflows.map(({ name, version }) => ({ name, version }));
      return answer(c, { workflows });
    })
    .post("/:workflow/runs", async (c) => {
      const name = readPath(c, "workflow");
      const { input, ...options } = await readBody(c, startSchema);
      const { runId, status, existing } = await engine.start(name, input, options);
      return answer(c, { runId, status }, existing ? 200 : 202);
    });
}
