import { expect, test } from "vitest";
import * as z from "zod";
import * as mini from "zod/mini";
import { jsonSchemaOf } from "../../src/authoring/schema.ts";
import { createTestApp } from "../http/test-app.ts";

const standard = {
  version: 1,
  vendor: "house",
  validate: (value: unknown) => ({ value }),
} as const;
/** A schema of a library that gives JSON Schema by the standard. */
const housemade = {
  "~standard": {
    ...standard,
    jsonSchema: {
      input: ({ target }: { target: string }) => ({ $comment: target, type: "string" }),
      output: () => ({}),
    },
  },
};
const refusing = {
  "~standard": {
    ...standard,
    jsonSchema: {
      input: () => {
        throw new Error("A function has no JSON Schema");
      },
      output: () => ({}),
    },
  },
};

const order = {
  type: "object",
  properties: {
    id: { type: "string", minLength: 1 },
    count: { type: "integer", minimum: -5, maximum: 5 },
  },
  required: ["id"],
};

test.each([
  ["zod", z.object({ id: z.string().min(1), count: z.int().min(-5).max(5).optional() }), order],
  [
    "zod/mini",
    mini.object({
      id: mini.string().check(mini.minLength(1)),
      count: mini.optional(mini.int().check(mini.gte(-5), mini.lte(5))),
    }),
    order,
  ],
  [
    "zod, before a transform and with what JSON lacks",
    z.object({ at: z.date(), id: z.string().transform(Number) }),
    { type: "object", properties: { at: {}, id: { type: "string" } }, required: ["at", "id"] },
  ],
  ["the standard", housemade, { $comment: "draft-2020-12", type: "string" }],
  ["nothing, where the library gives none", { "~standard": standard }, undefined],
  ["nothing, where it cannot", refusing, undefined],
])("the JSON Schema of a schema is told by %s", (_what, schema, expected) => {
  expect(jsonSchemaOf(schema)).toEqual(expected);
});

test("where anything is taken, there is none", () => {
  expect(jsonSchemaOf(undefined)).toBeUndefined();
});

test("the list of workflows tells it", async () => {
  const { body } = await createTestApp().send("/workflows");
  const greet = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
  expect(body["workflows"]).toContainEqual({
    name: "greet",
    version: "1",
    inputSchema: greet,
    channels: [],
  });
  expect(body["workflows"]).toContainEqual({ name: "echo", version: "1", channels: [] });
});
