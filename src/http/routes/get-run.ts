import { answer } from "../answer.ts";
import { runAnswer } from "../fields/run.ts";
import { route } from "./route.ts";

export const getRun = route({
  id: "getRun",
  method: "get",
  path: "/runs/{runId}",
  summary: "The record of a run",
  answers: { 200: { description: "The record.", schema: runAnswer } },
  fails: [404, 503],
  handler:
    ({ engine }) =>
    async ({ c, ids }) =>
      answer(c, await engine.getRun(ids.runId)),
});
