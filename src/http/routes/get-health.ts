import * as z from "zod/mini";
import { bareRoute } from "./route.ts";

const healthAnswer = z.object({ status: z.literal("ok") });

export const getHealth = bareRoute({
  id: "getHealth",
  method: "get",
  path: "/healthz",
  summary: "Whether the process answers",
  access: "open",
  answers: { 200: { description: "It does.", schema: healthAnswer, plain: true } },
  handler: () => (c) => c.json({ status: "ok" }),
});
