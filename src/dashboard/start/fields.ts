/** What a form asks for, as a JSON Schema tells it. Pure. */

/** JSON Schema, of which only what a form can ask for is understood. */
export type JsonSchema = Readonly<Record<string, unknown>>;

interface Common {
  label: string;
  hint?: string;
  /** May be left out. */
  optional: boolean;
  /** What it is if nothing is given. */
  preset?: unknown;
}

export type Field = Common &
  (
    | { kind: "text"; long: boolean; keyboard: "text" | "email" | "url" }
    | { kind: "day" }
    | { kind: "number"; whole: boolean; least?: number; most?: number }
    | { kind: "boolean" }
    | { kind: "choice"; options: readonly unknown[] }
    | { kind: "group"; fields: readonly NamedField[] }
    | { kind: "list"; item: Field }
    /** Whatever a form has no controls for. */
    | { kind: "json" }
  );

export interface NamedField {
  name: string;
  field: Field;
}

const DEEPEST = 6;

/** @param schema of a workflow's input; none asks for anything. */
export function fieldOf(schema: JsonSchema | undefined): Field {
  const root = schema ?? {};
  return read(root, { label: "Input", optional: false, root, depth: 0 });
}

interface Place {
  label: string;
  optional: boolean;
  root: JsonSchema;
  depth: number;
}

function read(given: JsonSchema, place: Place): Field {
  const schema = resolve(given, place.root);
  const common = commonOf(schema, place);
  if (place.depth > DEEPEST) return { ...common, kind: "json" };
  const { enum: options, const: only, type } = schema;
  if (Array.isArray(options)) return { ...common, kind: "choice", options };
  if ("const" in schema) return { ...common, kind: "choice", options: [only] };
  const union = unionOf(schema);
  if (union) return { ...common, kind: "choice", options: union };
  switch (type) {
    case "string":
      return textField(schema, common);
    case "number":
    case "integer":
      return numberField(schema, common);
    case "boolean":
      return { ...common, kind: "boolean" };
    case "array":
      return listField(schema, common, place);
    case "object":
      return groupField(schema, common, place);
    default:
      return { ...common, kind: "json" };
  }
}

function commonOf(schema: JsonSchema, { label, optional }: Place): Common {
  const { title, description } = schema;
  return {
    label: typeof title === "string" ? title : label,
    optional: optional || "default" in schema,
    ...(typeof description === "string" && { hint: description }),
    ...("default" in schema && { preset: schema["default"] }),
  };
}

/** References lead to elsewhere in the schema; of several at most one is followed after another. */
function resolve(given: JsonSchema, root: JsonSchema): JsonSchema {
  let schema = given;
  for (let hops = 0; hops < 10; hops++) {
    const { $ref, allOf } = schema;
    if (typeof $ref === "string") schema = { ...at(root, $ref), ...without(schema, "$ref") };
    else if (Array.isArray(allOf) && allOf.length === 1 && isSchema(allOf[0])) {
      schema = { ...allOf[0], ...without(schema, "allOf") };
    } else return schema;
  }
  return {};
}

function at(root: JsonSchema, reference: string): JsonSchema {
  const path = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  let found: unknown = root;
  for (const part of path) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = isSchema(found) ? found[name] : undefined;
  }
  return isSchema(found) ? found : {};
}

/** A choice that is told as alternatives of one value each. */
function unionOf({ anyOf, oneOf }: JsonSchema): unknown[] | undefined {
  const parts: unknown = anyOf ?? oneOf;
  if (!Array.isArray(parts)) return undefined;
  const options = parts.flatMap((part): unknown[] => {
    if (!isSchema(part)) return [];
    if ("const" in part) return [part["const"]];
    if (part["type"] === "null") return [null];
    return Array.isArray(part["enum"]) ? part["enum"] : [];
  });
  return options.length >= parts.length ? options : undefined;
}

const LONG_TEXT = 200;

function textField({ format, maxLength }: JsonSchema, common: Common): Field {
  if (format === "date") return { ...common, kind: "day" };
  const long = typeof maxLength === "number" && maxLength > LONG_TEXT;
  const keyboard = format === "email" ? "email" : format === "uri" ? "url" : "text";
  return { ...common, kind: "text", long, keyboard };
}

function numberField(schema: JsonSchema, common: Common): Field {
  const { type, minimum, maximum } = schema;
  return {
    ...common,
    kind: "number",
    whole: type === "integer",
    ...(isBound(minimum) && { least: minimum }),
    ...(isBound(maximum) && { most: maximum }),
  };
}

/** That every safe integer is allowed says nothing. */
function isBound(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

function listField({ items, prefixItems }: JsonSchema, common: Common, place: Place): Field {
  if (!isSchema(items) || prefixItems !== undefined) return { ...common, kind: "json" };
  const item = read(items, { ...place, label: "Item", optional: false, depth: place.depth + 1 });
  return { ...common, kind: "list", item };
}

function groupField(schema: JsonSchema, common: Common, place: Place): Field {
  const { properties, required, additionalProperties } = schema;
  if (!isSchema(properties) || isSchema(additionalProperties)) return { ...common, kind: "json" };
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).map(([name, property]): NamedField => {
    const inner = {
      ...place,
      label: name,
      optional: !needed.includes(name),
      depth: place.depth + 1,
    };
    return { name, field: read(isSchema(property) ? property : {}, inner) };
  });
  return { ...common, kind: "group", fields };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function without(schema: JsonSchema, name: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name));
}
