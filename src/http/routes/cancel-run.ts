import * as z from "zod/mini";
import type { CancelAnswer } from "../../engine/engine.ts";
import { answerUnended } from "../answer.ts";
import { type Shape, status, text } from "../fields/answers.ts";
import { choiceSchema, durationSchema, reasonSchema } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";
import { waitOf } from "./wait.ts";

export const cancelSchema = z.object(
  {
    reason: z.optional(reasonSchema),
    requestedBy: z.optional(reasonSchema),
    /** Answer only when the run has ended. */
    wait: z.optional(choiceSchema),
    timeout: z.optional(durationSchema),
    gracePeriod: z.optional(durationSchema),
  },
  "must be an object",
);

const cancelAnswer = z
  .object({
    runId: text,
    outcome: z.enum(["requested", "already-requested"]),
    status,
  } satisfies Shape<CancelAnswer>)
  .register(components, { id: "CancelAnswer" });

export const cancelRun = route({
  id: "cancelRun",
  method: "post",
  path: "/runs/{runId}/cancel",
  summary: "Cancel a run gracefully: it ends at its next checkpoint, with its clean-up done",
  body: cancelSchema,
  answers: {
    202: { description: "The request is in force.", schema: cancelAnswer, run: true },
    200: { description: "With `wait`: the run has ended.", schema: cancelAnswer, run: true },
  },
  fails: [404, 409, 503, 504],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids, body }) => {
      const timeout = waitOf(body.timeout);
      const cancelled = await engine.cancel(ids.runId, { ...body, timeout });
      return answerUnended(c, cancelled, body.wait === true ? 200 : 202);
    },
});
