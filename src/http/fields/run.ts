/** The record of a run, as it is answered. */
import * as z from "zod/mini";
import type { Cancellation, Pause, Run, RunSummary, Termination } from "../../engine/engine.ts";
import { components } from "../openapi/json-schema.ts";
import { count, errorSummary, type Shape, status, text, time, value } from "./answers.ts";

const cancellation = z
  .object({
    reason: z.optional(text),
    requestedBy: z.optional(text),
    requestedAt: time,
    deliveredAt: z.optional(time),
    checkpoint: z.optional(text),
    deadline: z.optional(time),
    cleanup: z.optional(z.object({ steps: count, finished: z.boolean(), durationMs: z.number() })),
    children: z.optional(z.object({ asked: count, ended: count })),
    tooLate: z.optional(z.boolean()),
    swallowed: z.optional(z.boolean()),
  } satisfies Shape<Cancellation>)
  .register(components, { id: "Cancellation" });

const asked = {
  reason: z.optional(text),
  requestedBy: z.optional(text),
  at: time,
} satisfies Shape<Termination> & Shape<Pause>;

const pause = z.object(asked).register(components, { id: "Pause" });
const termination = z.object(asked).register(components, { id: "Termination" });

const summary = {
  runId: text,
  generation: count,
  workflow: text,
  version: text,
  status,
  error: z.optional(errorSummary),
  createdAt: time,
  startedAt: z.optional(time),
  endedAt: z.optional(time),
  tags: z.array(text),
  parent: z.optional(z.object({ runId: text, command: count })),
  pause: z.optional(pause),
  termination: z.optional(termination),
  cancellation: z.optional(cancellation),
  problem: z.optional(z.object({ code: text, message: text, at: time, tries: count })),
} satisfies Shape<RunSummary>;

export const runAnswer = z
  .object({
    ...summary,
    input: value,
    output: value,
    waitingFor: z.optional(text),
    eventLimit: z.optional(count),
  } satisfies Shape<Run>)
  .register(components, { id: "Run" });

export const runSummary = z.object(summary).register(components, { id: "RunSummary" });
