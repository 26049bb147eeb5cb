import * as z from "zod/mini";
import { answerList } from "../answer.ts";
import { text } from "../fields/answers.ts";
import {
  booleanInQuery,
  cursorSchema,
  labelSchema,
  limitInQuery,
  statusSchema,
  timeInQuery,
} from "../fields/requests.ts";
import { runSummary } from "../fields/run.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

export const runsQuerySchema = z.object({
  status: z.optional(statusSchema),
  ended: z.optional(booleanInQuery),
  workflow: z.optional(labelSchema),
  version: z.optional(labelSchema),
  tag: z.optional(labelSchema),
  problem: z.optional(booleanInQuery),
  parent: z.optional(labelSchema),
  createdAfter: z.optional(timeInQuery),
  createdBefore: z.optional(timeInQuery),
  limit: z.optional(limitInQuery),
  cursor: z.optional(cursorSchema),
});

export const runsAnswer = z
  .object({ runs: z.array(runSummary), cursor: z.optional(text) })
  .register(components, { id: "RunList" });

export const listRuns = route({
  id: "listRuns",
  method: "get",
  path: "/runs",
  summary: "The runs that fit, newest first, a page at a time",
  query: runsQuerySchema,
  answers: { 200: { description: "A page; its cursor leads to the next.", schema: runsAnswer } },
  fails: [503],
  handler:
    ({ engine }) =>
    async ({ c, query }) => {
      const { runs, cursor } = await engine.listRuns(query);
      return answerList(c, "runs", runs, cursor === undefined ? {} : { cursor });
    },
});
