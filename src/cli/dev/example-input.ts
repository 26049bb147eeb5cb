/** An input that a workflow takes, made from its schema: for commands that one can copy. */
import { jsonSchemaOf } from "../../authoring/schema.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { textLike } from "./pattern-text.ts";

type Schema = Readonly<Record<string, unknown>>;

/**
 * JSON of an input; `undefined` for a workflow whose schema tells too little to make one that it
 * takes. A workflow without a schema takes anything, and is given an empty object.
 */
export async function exampleInput({ input }: AnyWorkflow): Promise<string | undefined> {
  if (input === undefined) return "{}";
  const schema = jsonSchemaOf(input);
  if (!schema) return undefined;
  const example = exampleOf(schema, { root: schema, name: "", depth: 0 });
  const text = JSON.stringify(example);
  if (text === undefined) return undefined;
  try {
    const checked = await input["~standard"].validate(JSON.parse(text));
    return checked.issues ? undefined : text;
  } catch {
    return undefined;
  }
}

interface Place {
  root: Schema;
  /** Of the field, which often says what is in it. */
  name: string;
  depth: number;
}

const DEEPEST = 8;

function exampleOf(given: Schema, place: Place): unknown {
  const schema = resolve(given, place.root);
  const { examples, anyOf, oneOf, allOf, type } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if ("default" in schema) return schema["default"];
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  if (place.depth > DEEPEST) return null;
  const inner = { ...place, depth: place.depth + 1 };
  const [choice] = [anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? each : []));
  if (choice) return exampleOf(choice as Schema, inner);
  if (Array.isArray(allOf)) {
    return exampleOf(merged(allOf as Schema[], place.root), inner);
  }
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return textOf(schema, place.name);
    case "integer":
    case "number":
      return numberOf(schema);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return listOf(schema, inner);
    default:
      return groupOf(schema, inner);
  }
}

function resolve(schema: Schema, root: Schema): Schema {
  const { $ref } = schema;
  if (typeof $ref !== "string" || !$ref.startsWith("#")) return schema;
  let found: unknown = root;
  for (const part of $ref.split("/").slice(1)) {
    found = Object(found)[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return Object(found) as Schema;
}

function merged(schemas: readonly Schema[], root: Schema): Schema {
  const all = schemas.map((each) => resolve(each, root));
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.flatMap(({ required }) => (Array.isArray(required) ? required : [])),
  };
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2030-01-31T12:00:00Z",
  date: "2030-01-31",
  time: "12:00:00",
  duration: "PT1H",
  email: "ada@example.com",
  uri: "https://example.com",
  url: "https://example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uuid: "3f0e4b0c-6a53-4c1b-9f3a-0a7f6c1d2e3b",
};
/** Tried where a pattern is asked for. */
const WORDS = [
  "123",
  "1",
  "abc",
  "ABC",
  "a1",
  "A1",
  "AB-123",
  "ab-123",
  "a_1",
  "EUR",
  "DE",
  "0.00",
];

function textOf({ format, pattern, minLength, maxLength }: Schema, name: string): string {
  if (typeof format === "string" && FORMATS[format] !== undefined) return FORMATS[format];
  if (typeof pattern === "string") {
    const fits = expression(pattern);
    const named = [`${name}-1`, `${name}_1`, `${name.toUpperCase()}-1`];
    const made = fits ? [textLike(pattern)] : [];
    const words = [...WORDS, ...Object.values(FORMATS), ...named, ...made];
    return words.find((word) => fits?.test(word)) ?? "";
  }
  const least = typeof minLength === "number" ? minLength : 0;
  const most = typeof maxLength === "number" ? maxLength : Number.POSITIVE_INFINITY;
  const word = /id$/i.test(name) || name === "" ? "123" : name;
  return word.padEnd(least, "x").slice(0, Math.max(least, Math.min(word.length, most)));
}

function expression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
}

function numberOf(schema: Schema): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type } = schema;
  const step = typeof multipleOf === "number" ? multipleOf : 1;
  const least = typeof minimum === "number" ? minimum : Number.NEGATIVE_INFINITY;
  const above = typeof exclusiveMinimum === "number" ? exclusiveMinimum : Number.NEGATIVE_INFINITY;
  const below = typeof exclusiveMaximum === "number" ? exclusiveMaximum : Number.POSITIVE_INFINITY;
  const most = typeof maximum === "number" ? maximum : Number.POSITIVE_INFINITY;
  const from = Math.max(least, above);
  if (step <= most && step < below && step >= least && step > above) return step;
  if (!Number.isFinite(from)) return Number.isFinite(most) ? most : below - step;
  const first = Math.ceil(from / step) * step;
  if (first > above && first <= most && first < below) return first;
  if (first + step <= most && first + step < below) return first + step;
  // Between two neighbours of whole numbers.
  const to = Math.min(most, below);
  return type === "integer" ? first : from + (to - from) / 2;
}

function listOf({ items, prefixItems, minItems }: Schema, place: Place): unknown[] {
  if (Array.isArray(prefixItems)) return prefixItems.map((each) => exampleOf(each, place));
  const count = typeof minItems === "number" ? Math.min(minItems, 3) : 1;
  return Array.from({ length: count }, () => exampleOf(Object(items ?? {}), place));
}

/** What may be left out is left out. */
function groupOf({ properties, required }: Schema, place: Place): object {
  const names: unknown[] = Array.isArray(required) ? required : [];
  const fields = Object.entries(Object(properties)).filter(([name]) => names.includes(name));
  return Object.fromEntries(
    fields.map(([name, schema]) => [name, exampleOf(Object(schema), { ...place, name })]),
  );
}
