import * as z from "zod/mini";
import type { PauseAnswer, ResumeRunAnswer } from "../../engine/engine.ts";
import { answerUnended } from "../answer.ts";
import { type Shape, status, text } from "../fields/answers.ts";
import { reasonSchema } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

const pauseSchema = z.object(
  { reason: z.optional(reasonSchema), requestedBy: z.optional(reasonSchema) },
  "must be an object",
);

const pauseAnswer = z
  .object({
    runId: text,
    outcome: z.enum(["paused", "already-paused", "cancelling"]),
    status,
  } satisfies Shape<PauseAnswer>)
  .register(components, { id: "PauseAnswer" });

const resumeAnswer = z
  .object({
    runId: text,
    outcome: z.enum(["resumed", "not-paused"]),
    status,
  } satisfies Shape<ResumeRunAnswer>)
  .register(components, { id: "ResumeRunAnswer" });

const NOTHING_CHANGED =
  "Nothing has changed: it was paused before, or it is being cancelled, and starts nothing but its clean-up.";

export const pauseRun = route({
  id: "pauseRun",
  method: "post",
  path: "/runs/{runId}/pause",
  summary: "Hold a run back until it is resumed: what executes is let finish, nothing new starts",
  body: pauseSchema,
  answers: {
    202: { description: "It is paused.", schema: pauseAnswer, run: true },
    200: { description: NOTHING_CHANGED, schema: pauseAnswer, run: true },
  },
  fails: [404, 409, 503],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids, body }) => {
      const done = await engine.pause(ids.runId, body);
      return answerUnended(c, done, done.outcome === "paused" ? 202 : 200);
    },
});

export const resumeRun = route({
  id: "resumeRun",
  method: "post",
  path: "/runs/{runId}/resume",
  summary: "Let a paused run go on",
  body: pauseSchema,
  answers: {
    202: { description: "It goes on.", schema: resumeAnswer, run: true },
    200: { description: "Nothing has changed: it is not paused.", schema: resumeAnswer, run: true },
  },
  fails: [404, 409, 503],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids, body }) => {
      const done = await engine.resume(ids.runId, body);
      return answerUnended(c, done, done.outcome === "resumed" ? 202 : 200);
    },
});
