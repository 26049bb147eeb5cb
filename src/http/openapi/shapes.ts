/** What the app answers, as zod schemas of the readable form. */
import * as z from "zod/mini";
import type { ErrorSummary } from "../../core/error-summary.ts";
import { eventSchema } from "../../core/events.ts";
import { RUN_STATUSES } from "../../core/run.ts";
import { SHOWN_AS } from "../../core/shown-event.ts";
import type {
  CancelAnswer,
  Cancellation,
  EventPage,
  Run,
  RunSummary,
  TerminateAnswer,
  Termination,
  WakeAnswer,
} from "../../engine/engine.ts";
import { jsonForms } from "../schemas.ts";
import { LARGEST_FIELD } from "../show-record.ts";
import { components } from "./json-schema.ts";

/** One schema for each field: one too many or too few does not compile. */
type Shape<T> = { readonly [Key in keyof T]-?: z.core.$ZodType };

const text = z.string();
const count = z.int().check(z.gte(0));
const time = z.string().register(jsonForms, { besides: { format: "date-time" } });
const status = z.enum(RUN_STATUSES).register(components, { id: "RunStatus" });
const anyValue = z
  .unknown()
  .register(jsonForms, {
    besides: {
      description: `Any value in its readable form. One that takes more than ${LARGEST_FIELD} bytes is left out, and \`{ "truncated": true, "bytes": … }\` stands for it; the lossless form has it whole.`,
    },
  })
  .register(components, { id: "Value" });
/** `undefined` is left out. */
const value = z.optional(anyValue);

const errorSummary = z
  .object({
    name: text,
    message: text,
    code: z.optional(text),
    stack: z.optional(text),
    get cause(): z.core.$ZodType {
      return z.optional(errorSummary);
    },
  } satisfies Shape<ErrorSummary>)
  .register(components, { id: "ErrorSummary" });

const cancellation = z
  .object({
    reason: z.optional(text),
    requestedBy: z.optional(text),
    requestedAt: time,
    deliveredAt: z.optional(time),
    checkpoint: z.optional(text),
    deadline: z.optional(time),
    cleanup: z.optional(z.object({ steps: count, finished: z.boolean(), durationMs: z.number() })),
    tooLate: z.optional(z.boolean()),
    swallowed: z.optional(z.boolean()),
  } satisfies Shape<Cancellation>)
  .register(components, { id: "Cancellation" });

const termination = z
  .object({
    reason: z.optional(text),
    requestedBy: z.optional(text),
    at: time,
  } satisfies Shape<Termination>)
  .register(components, { id: "Termination" });

const summary = {
  runId: text,
  workflow: text,
  version: text,
  status,
  error: z.optional(errorSummary),
  createdAt: time,
  startedAt: z.optional(time),
  endedAt: z.optional(time),
  tags: z.array(text),
  termination: z.optional(termination),
  cancellation: z.optional(cancellation),
  problem: z.optional(z.object({ code: text, message: text, at: time, tries: count })),
} satisfies Shape<RunSummary>;

export const runAnswer = z
  .object({ ...summary, input: value, output: value } satisfies Shape<Run>)
  .register(components, { id: "Run" });

const runSummary = z.object(summary).register(components, { id: "RunSummary" });

export const runsAnswer = z
  .object({ runs: z.array(runSummary), cursor: z.optional(text) })
  .register(components, { id: "RunList" });

/** Errors come whole, with the fields that they have besides. */
export const resultAnswer = z
  .object({ runId: text, status, output: value, error: value })
  .register(components, { id: "RunResult" });

const eventAnswer = z
  .union(
    eventSchema._zod.def.options.map(({ shape }) =>
      z.object(shownEvent(shape, shape.type.def.values[0] ?? "")),
    ),
  )
  .register(components, { id: "RunEvent" });

export const eventsAnswer = z
  .object({
    events: z.array(eventAnswer),
    more: z.optional(z.literal(true)),
  } satisfies Shape<EventPage>)
  .register(components, { id: "EventList" });

export const workflowsAnswer = z
  .object({
    workflows: z.array(
      z.object({
        name: text,
        version: text,
        /** A JSON Schema, if the workflow's own schema tells one. */
        inputSchema: z.optional(z.record(text, z.unknown())),
      }),
    ),
  })
  .register(components, { id: "WorkflowList" });

export const startAnswer = z
  .object({ runId: text, status })
  .register(components, { id: "StartAnswer" });

export const cancelAnswer = z
  .object({
    runId: text,
    outcome: z.enum(["requested", "already-requested"]),
    status,
  } satisfies Shape<CancelAnswer>)
  .register(components, { id: "CancelAnswer" });

export const terminateAnswer = z
  .object({
    runId: text,
    outcome: z.literal("terminated"),
    status,
  } satisfies Shape<TerminateAnswer>)
  .register(components, { id: "TerminateAnswer" });

export const wakeAnswer = z
  .object({
    runId: text,
    outcome: z.literal("woken"),
    status,
  } satisfies Shape<WakeAnswer>)
  .register(components, { id: "WakeAnswer" });

export const rootAnswer = z.object({ name: z.literal("detent"), ui: text, openapi: text });

export const healthAnswer = z.object({ status: z.literal("ok") });

/** The fields of an event as the engine shows them. */
function shownEvent(stored: Record<string, z.core.$ZodType>, type: string): z.core.$ZodLooseShape {
  const shown: [string, z.core.$ZodType | undefined][] = [
    ["seq", count],
    ["type", stored["type"]],
    ["at", time],
  ];
  for (const [name, field] of Object.entries(stored)) {
    const form = name === "type" ? undefined : shownField(SHOWN_AS.get(type)?.get(name), field);
    if (form) shown.push([name, form]);
  }
  return Object.fromEntries(shown);
}

function shownField(
  shownAs: string | undefined,
  field: z.core.$ZodType,
): z.core.$ZodType | undefined {
  switch (shownAs) {
    case "itself":
      return field;
    case "value":
    case "error":
      return value;
    case "time":
      return field instanceof z.ZodMiniOptional ? z.optional(time) : time;
    default:
      return undefined;
  }
}
