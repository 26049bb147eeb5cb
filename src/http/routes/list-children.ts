import * as z from "zod/mini";
import { answerList } from "../answer.ts";
import { cursorSchema, limitInQuery } from "../fields/requests.ts";
import { runsAnswer } from "./list-runs.ts";
import { route } from "./route.ts";

const childrenQuerySchema = z.object({
  limit: z.optional(limitInQuery),
  cursor: z.optional(cursorSchema),
});

export const listChildren = route({
  id: "listChildren",
  method: "get",
  path: "/runs/{runId}/children",
  summary: "The children of a run, in the order in which it asked for them, a page at a time",
  query: childrenQuerySchema,
  answers: { 200: { description: "A page; its cursor leads to the next.", schema: runsAnswer } },
  fails: [404, 503],
  handler:
    ({ engine }) =>
    async ({ c, ids, query }) => {
      const { runs, cursor } = await engine.children(ids.runId, query);
      return answerList(c, "runs", runs, cursor === undefined ? {} : { cursor });
    },
});
