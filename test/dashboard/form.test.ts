import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Draft, draftOf, fill } from "../../src/dashboard/start/draft.ts";
import { type Field, fieldOf } from "../../src/dashboard/start/fields.ts";

const fieldFor = (schema: z.ZodType): Field => fieldOf(z.toJSONSchema(schema, { io: "input" }));
const kindOf = (schema: z.ZodType) => fieldFor(schema).kind;
const filledIn = (field: Field, draft: Draft): unknown => {
  const filled = fill(field, draft);
  return "value" in filled ? filled.value : filled.problems;
};

describe("the field for a schema", () => {
  test.each([
    ["text", z.string(), "text"],
    ["a day", z.iso.date(), "day"],
    ["a number", z.number(), "number"],
    ["yes or no", z.boolean(), "boolean"],
    ["one of some words", z.enum(["a", "b"]), "choice"],
    ["one of some values", z.union([z.literal(1), z.literal("x"), z.null()]), "choice"],
    ["a list", z.array(z.string()), "list"],
    ["an object", z.object({ a: z.string() }), "group"],
    ["a record", z.record(z.string(), z.number()), "json"],
    ["a tuple", z.tuple([z.string(), z.number()]), "json"],
    ["one of several shapes", z.union([z.string(), z.object({})]), "json"],
    ["anything", z.unknown(), "json"],
  ])("that takes %s", (_what, schema, kind) => {
    expect(kindOf(schema)).toBe(kind);
  });

  test("is JSON where there is no schema, or one that goes too deep", () => {
    expect(fieldOf(undefined).kind).toBe("json");
    type Tree = { next?: Tree | undefined };
    const tree: z.ZodType<Tree> = z.object({
      get next() {
        return z.optional(tree);
      },
    });
    expect(JSON.stringify(fieldFor(tree))).toContain('"json"');
  });

  test("follows references into the schema", () => {
    const address = { type: "object", properties: { street: { type: "string" } } };
    const schema = { $ref: "#/$defs/a~1b", $defs: { "a/b": { allOf: [address] } } };
    expect(fieldOf(schema)).toMatchObject({ kind: "group", fields: [{ name: "street" }] });
    expect(fieldOf({ $ref: "#/$defs/none" }).kind).toBe("json");
    expect(fieldOf({ $ref: "#" }).kind).toBe("json");
  });

  test("is told by title, description, bounds and default", () => {
    const schema = z.object({
      count: z.int().min(1).max(9).default(3).meta({ title: "Count", description: "How many" }),
    });
    expect(fieldFor(schema)).toMatchObject({
      fields: [
        {
          name: "count",
          field: {
            label: "Count",
            hint: "How many",
            optional: true,
            preset: 3,
            whole: true,
            least: 1,
            most: 9,
          },
        },
      ],
    });
  });
});

describe("a form", () => {
  const order = fieldFor(
    z.object({
      id: z.string(),
      note: z.string().optional(),
      count: z.number(),
      size: z.enum(["s", "m"]),
      gift: z.boolean().default(true),
      lines: z.array(z.object({ sku: z.string() })),
      address: z.object({ street: z.string().optional() }).optional(),
      extra: z.unknown(),
    }),
  );
  const draft = {
    ...(draftOf(order) as Record<string, Draft>),
    id: "7",
    count: "2.5",
    size: "1",
    lines: [{ sku: "x" }],
  };

  test("begins with the presets, and gives what was filled in without what was not", () => {
    expect(filledIn(order, draft)).toEqual({
      id: "7",
      count: 2.5,
      size: "m",
      gift: true,
      lines: [{ sku: "x" }],
    });
  });

  test("tells each place that is not as it should be", () => {
    const wrong = { ...draft, count: "two", size: "", extra: "{", lines: [{}, { sku: "y" }] };
    expect(filledIn(order, wrong)).toEqual([
      { path: ["count"], message: "“two” is no number." },
      { path: ["size"], message: "Choose one." },
      { path: ["extra"], message: expect.stringContaining("This is not JSON") },
    ]);
  });

  test("shows a value again that came from it", () => {
    const value = { id: "7", count: 1, size: "s", gift: false, lines: [{ sku: "a" }], extra: [1] };
    expect(filledIn(order, draftOf(order, value))).toEqual(value);
  });

  test("begins anew where a value does not fit it", () => {
    expect(draftOf(order, ["no object"])).toEqual(draftOf(order));
    expect(draftOf(fieldFor(z.string()), 5)).toBe("");
  });
});
