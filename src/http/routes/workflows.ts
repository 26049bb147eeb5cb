import { Hono } from "hono";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { WorkflowNotFoundError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { answer, answerList } from "../answer.ts";
import type { ReadBody } from "../body.ts";
import { inputSchemaOf } from "../input-schema.ts";
import { readPath, readQuery } from "../path.ts";
import { noQuerySchema, startSchema } from "../schemas.ts";

/** What is registered, and starting a run of it. */
export function workflowRoutes(engine: Engine, readBody: ReadBody): Hono {
  let workflows: object[] | undefined;
  return new Hono()
    .get("/", (c) => {
      readQuery(c, noQuerySchema);
      workflows ??= engine.workflows.map(describe);
      return answerList(c, "workflows", workflows);
    })
    .post("/:workflow/runs", async (c) => {
      const name = readPath(c, "workflow");
      readQuery(c, noQuerySchema);
      const { input, version, ...options } = await readBody(c, startSchema);
      const { runId, status, existing } =
        version === undefined
          ? await engine.start(name, input, options)
          : await engine.start(versionOf(engine, name, version), input, options);
      return answer(c, { runId, status }, existing ? 200 : 202);
    });
}

/** @throws WorkflowNotFoundError */
function versionOf({ workflows }: Engine, name: string, version: string): AnyWorkflow {
  const found = workflows.find((each) => each.name === name && each.version === version);
  if (found) return found;
  const known = workflows.map((each) => `${each.name}@${each.version}`);
  throw new WorkflowNotFoundError({ workflow: name, version, known });
}

function describe(workflow: AnyWorkflow): object {
  const { name, version } = workflow;
  const inputSchema = inputSchemaOf(workflow);
  return { name, version, ...(inputSchema && { inputSchema }) };
}
