/** Events as the public sees them. How each field is shown follows from its schema. */
import * as z from "zod/mini";
import { type EventType, eventSchema, type LogEvent } from "./events.ts";
import type { ShownAs } from "./shown-as.ts";
import { decode, type Encoded } from "./value.ts";

type Schemas = (typeof eventSchema)["_zod"]["def"]["options"][number];

type Field<S> = S extends { readonly shownAs: "time" }
  ? Date
  : S extends { readonly shownAs: "value" }
    ? unknown
    : S extends { readonly shownAs: "error" }
      ? Error
      : z.output<S>;

type OptionalName<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends z.ZodMiniOptional ? Name : never;
}[keyof Shape];
type HiddenName<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends z.ZodMiniOptional<
    { readonly shownAs: "nothing" } & z.core.$ZodType
  >
    ? Name
    : never;
}[keyof Shape];

type Fields<Shape> = {
  [Name in Exclude<keyof Shape, OptionalName<Shape>>]: Field<Shape[Name]>;
} & {
  [Name in Exclude<OptionalName<Shape>, HiddenName<Shape>>]?: Shape[Name] extends z.ZodMiniOptional<
    infer Inner
  >
    ? Field<Inner>
    : never;
};

type Flat<T> = { [Name in keyof T]: T[Name] };
type ShownBy<S> = S extends { readonly shape: infer Shape }
  ? Flat<{ seq: number; at: Date } & Fields<Shape>>
  : never;

/**
 * One event of a run's log. What else it carries depends on its `type`; values are decoded. `seq` is
 * unique and increasing along the log.
 */
export type RunEvent = ShownBy<Schemas>;
export type RunEventOf<Type extends EventType> = Extract<RunEvent, { type: Type }>;

/** How the fields of each type are shown. */
export const SHOWN_AS: ReadonlyMap<string, ReadonlyMap<string, ShownAs | "itself">> = new Map(
  eventSchema._zod.def.options.map(({ shape }) => {
    const fields = Object.entries<z.core.$ZodType>(shape);
    const shownAs = fields.map(([name, schema]) => [name, shownAsOf(schema)] as const);
    return [shape.type.def.values[0] ?? "", new Map(shownAs)];
  }),
);

function shownAsOf(schema: z.core.$ZodType): ShownAs | "itself" {
  if (schema instanceof z.ZodMiniOptional) return shownAsOf(schema.def.innerType);
  return "shownAs" in schema ? (schema.shownAs as ShownAs) : "itself";
}

export function showEvent(event: LogEvent, seq: number, at: number): RunEvent {
  return shownWith(showField, event, { seq, at });
}

/** What an event says without what it carries: values and errors are left out, not decoded. */
export function outlineEvent(event: LogEvent, seq: number, at: number): RunEvent {
  return shownWith(outlineField, event, { seq, at });
}

type ShowField = (
  shown: Record<string, unknown>,
  as: ShownAs | "itself" | undefined,
  field: readonly [name: string, value: unknown],
) => void;

function shownWith(
  show: ShowField,
  event: LogEvent,
  { seq, at }: { seq: number; at: number },
): RunEvent {
  const shown: Record<string, unknown> = { seq, type: event.type, at: new Date(at) };
  const shownAs = SHOWN_AS.get(event.type);
  for (const field of Object.entries(event)) {
    const [name, value] = field;
    if (value !== undefined && name !== "type") show(shown, shownAs?.get(name), field);
  }
  return shown as RunEvent;
}

const outlineField: ShowField = (shown, as, field) => {
  if (as !== "value" && as !== "error") showField(shown, as, field);
};

function showField(
  shown: Record<string, unknown>,
  as: ShownAs | "itself" | undefined,
  [name, value]: readonly [name: string, value: unknown],
): void {
  switch (as) {
    case "time":
      shown[name] = new Date(Number(value));
      break;
    case "value":
    case "error":
      shown[name] = decode(value as Encoded);
      break;
    case "itself":
      shown[name] = value;
      break;
    // The public does not see fields that this version does not know, such as those of a newer one.
    case "nothing":
    case undefined:
  }
}
