import * as z from "zod/mini";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { WorkflowNotFoundError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { answer } from "../answer.ts";
import { status, text } from "../fields/answers.ts";
import { labelSchema, tagsSchema, timeSchema } from "../fields/requests.ts";
import { components, jsonForms } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

export const startSchema = z
  .object(
    {
      input: z.optional(z.unknown()),
      runId: z.optional(labelSchema),
      idempotencyKey: z.optional(labelSchema),
      tags: z.optional(tagsSchema),
      startAt: z.optional(timeSchema),
      /** Of the workflow; the newest if left out. */
      version: z.optional(labelSchema),
    },
    "must be an object",
  )
  // The engine refuses both: either makes a start idempotent.
  .register(jsonForms, { besides: { not: { required: ["runId", "idempotencyKey"] } } });

const startAnswer = z.object({ runId: text, status }).register(components, { id: "StartAnswer" });

const STARTED = { schema: startAnswer, run: true };

export const startRun = route({
  id: "startRun",
  method: "post",
  path: "/workflows/{workflow}/runs",
  summary: "Start a run of the workflow's newest version",
  body: startSchema,
  answers: {
    202: { description: "It was started.", ...STARTED },
    200: { description: "It had been started before, by the same key or id.", ...STARTED },
  },
  fails: [404, 409, 503],
  handler:
    ({ engine }) =>
    async ({ c, ids, body }) => {
      const { input, version, ...options } = body;
      const { runId, status, existing } =
        version === undefined
          ? await engine.start(ids.workflow, input, options)
          : await engine.start(versionOf(engine, ids.workflow, version), input, options);
      return answer(c, { runId, status }, existing ? 200 : 202);
    },
});

/** @throws WorkflowNotFoundError */
function versionOf({ workflows }: Engine, name: string, version: string): AnyWorkflow {
  const found = workflows.find((each) => each.name === name && each.version === version);
  if (found) return found;
  const known = workflows.map((each) => `${each.name}@${each.version}`);
  throw new WorkflowNotFoundError({ workflow: name, version, known });
}
