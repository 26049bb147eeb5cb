import * as z from "zod/mini";
import { answer } from "../answer.ts";
import { status, text, value } from "../fields/answers.ts";
import { durationInQuery } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";
import { waitOf } from "./wait.ts";

const resultQuerySchema = z.object({
  /** How long to wait for the run's end. */
  timeout: z.optional(durationInQuery),
});

/** Errors come whole, with the fields that they have besides. */
const resultAnswer = z
  .object({ runId: text, status, output: value, error: value })
  .register(components, { id: "RunResult" });

export const getResult = route({
  id: "getResult",
  method: "get",
  path: "/runs/{runId}/result",
  summary: "What came of a run, once it has ended; the request waits for that",
  query: resultQuerySchema,
  answers: { 200: { description: "The output, or the error.", schema: resultAnswer, run: true } },
  fails: [404, 503, 504],
  tellsRun: true,
  handler:
    ({ engine }) =>
    async ({ c, ids, query }) =>
      answer(c, await engine.waitForEnd(ids.runId, { timeout: waitOf(query.timeout) })),
});
