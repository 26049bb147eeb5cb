/** Values that a JSON schema of the document allows. */
import * as fc from "fast-check";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly not?: { readonly required: readonly string[] };
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** @param max how long what has no bound of its own may become. */
export function valueBy(schema: Schema, max = 12): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valueBy(each, max)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  if (types === undefined) return fc.jsonValue();
  return fc.oneof(...types.map((type) => typed(type, schema, max)));
}

function typed(type: string, schema: Schema, max: number): fc.Arbitrary<unknown> {
  const { minimum = -1000, maximum = 1000, items = {}, maxItems = max } = schema;
  switch (type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constant(minimum));
    case "number":
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case "string":
      return text(schema, max);
    case "array":
      return fc.array(valueBy(items, max), { maxLength: Math.min(max, maxItems) });
    case "object":
      return object(schema, max);
    default:
      throw new Error(`The test knows no values of type ${type}`);
  }
}

function object({ properties = {}, required = [], not }: Schema, max: number) {
  const fields = Object.entries(properties).map(
    ([name, schema]) => [name, valueBy(schema, max)] as const,
  );
  const allowed = fc.record(Object.fromEntries(fields), {
    requiredKeys: [...required],
    noNullPrototype: true,
  });
  if (not === undefined) return allowed;
  return allowed.filter((each) => !not.required.every((name) => Object.hasOwn(each, name)));
}

function text({ format, pattern, minLength, maxLength }: Schema, max: number) {
  if (format !== undefined) return time(format);
  const bounds = { minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? max, max) };
  const any = fc.string({ unit: "binary", ...bounds });
  if (pattern === undefined) return any;
  const wanted = new RegExp(pattern, "u");
  // What is anchored at a class alone is met by most texts; the others are made.
  return pattern.startsWith("^[^") ? any.filter((each) => wanted.test(each)) : matching(pattern);
}

function matching(pattern: string): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(pattern), { size: "xsmall" });
}

function time(format: string): fc.Arbitrary<string> {
  const date = fc.date({
    min: new Date("1971-01-01"),
    max: new Date("2200-01-01"),
    noInvalidDate: true,
  });
  const shown = date.map((each) => each.toISOString());
  return format === "date" ? shown.map((each) => each.slice(0, 10)) : shown;
}
