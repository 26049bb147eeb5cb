import * as z from "zod/mini";
import type { TerminateAnswer } from "../../engine/engine.ts";
import { answerUnended } from "../answer.ts";
import { type Shape, status, text } from "../fields/answers.ts";
import { reasonSchema } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

const terminateSchema = z.object(
  { reason: z.optional(reasonSchema), requestedBy: z.optional(reasonSchema) },
  "must be an object",
);

const terminateAnswer = z
  .object({
    runId: text,
    outcome: z.literal("terminated"),
    status,
  } satisfies Shape<TerminateAnswer>)
  .register(components, { id: "TerminateAnswer" });

export const terminateRun = route({
  id: "terminateRun",
  method: "post",
  path: "/runs/{runId}/terminate",
  summary: "End a run at once, without clean-up",
  body: terminateSchema,
  answers: { 202: { description: "It has ended.", schema: terminateAnswer, run: true } },
  fails: [404, 409, 503],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids, body }) =>
      answerUnended(c, await engine.terminate(ids.runId, body)),
});
