import * as z from "zod/mini";
import type { WakeAnswer } from "../../engine/engine.ts";
import { answerUnended } from "../answer.ts";
import { type Shape, status, text } from "../fields/answers.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

const wakeAnswer = z
  .object({
    runId: text,
    outcome: z.literal("woken"),
    status,
  } satisfies Shape<WakeAnswer>)
  .register(components, { id: "WakeAnswer" });

export const wakeRun = route({
  id: "wakeRun",
  method: "post",
  path: "/runs/{runId}/wake",
  summary: "Have a run go on now: one with a problem is tried at once",
  body: z.object({}, "must be an object"),
  answers: { 202: { description: "It is looked at.", schema: wakeAnswer, run: true } },
  fails: [404, 409, 503],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids }) =>
      answerUnended(c, await engine.wake(ids.runId)),
});
