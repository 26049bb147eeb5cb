import * as z from "zod/mini";
import { eventSchema } from "../../core/events.ts";
import { RULES } from "../../core/option-rules.ts";
import { SHOWN_AS } from "../../core/shown-event.ts";
import type { EventPage } from "../../engine/engine.ts";
import { answerPage } from "../answer.ts";
import { count, type Shape, time, value } from "../fields/answers.ts";
import { limitInQuery, numberInQuery } from "../fields/requests.ts";
import { components } from "../openapi/json-schema.ts";
import { route } from "./route.ts";

export const eventsQuerySchema = z.object({
  /** Whose log: that in which the run is now, unless it is said. */
  generation: z.optional(numberInQuery(RULES.generation)),
  /** A `seq`: what follows it is answered. */
  after: z.optional(numberInQuery(RULES.seq)),
  limit: z.optional(limitInQuery),
});

const eventAnswer = z
  .union(
    eventSchema._zod.def.options.map(({ shape }) =>
      z.object(shownEvent(shape, shape.type.def.values[0] ?? "")),
    ),
  )
  .register(components, { id: "RunEvent" });

const eventsAnswer = z
  .object({
    events: z.array(eventAnswer),
    generation: count,
    more: z.optional(z.literal(true)),
  } satisfies Shape<EventPage>)
  .register(components, { id: "EventList" });

export const getEvents = route({
  id: "getEvents",
  method: "get",
  path: "/runs/{runId}/events",
  summary: "The log of a run, event by event",
  query: eventsQuerySchema,
  answers: {
    200: {
      description:
        "What follows `after`: so many, or 1 MB. With `more` there is more after the last.",
      schema: eventsAnswer,
    },
  },
  fails: [404, 503],
  handler:
    ({ engine }) =>
    async ({ c, ids, query }) => {
      const { events, ...beside } = await engine.getEvents(ids.runId, query);
      return answerPage(c, "events", events, beside);
    },
});

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
