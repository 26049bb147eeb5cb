import * as z from "zod/mini";
import type { OpenHook } from "../../engine/engine.ts";
import { answerList } from "../answer.ts";
import { count, type Shape, text, time } from "../fields/answers.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

const openHook = z.object({
  hook: text,
  command: count,
  /** Whoever has it may answer: a secret of the run. */
  token: text,
  createdAt: time,
  expiresAt: z.optional(time),
  /** A JSON Schema of the payload, if the hook's own schema tells one. */
  schema: z.optional(z.record(text, z.unknown())),
} satisfies Shape<OpenHook>);

const hooksAnswer = z.object({ hooks: z.array(openHook) }).register(components, { id: "HookList" });

export const listHooks = route({
  id: "listHooks",
  method: "get",
  path: "/runs/{runId}/hooks",
  summary: "The hooks of a run that take a payload now, with their tokens",
  answers: {
    200: { description: "In the order in which the code asked for them.", schema: hooksAnswer },
  },
  fails: [404, 503],
  handler:
    ({ engine }) =>
    async ({ c, ids }) =>
      answerList(c, "hooks", await engine.hooks(ids.runId)),
});
