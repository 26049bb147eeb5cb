import { readdirSync } from "node:fs";
import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod/mini";
import { ROUTES } from "../../src/http/routes/index.ts";
import { type Route, route } from "../../src/http/routes/route.ts";

const FOLDER = new URL("../../src/http/routes/", import.meta.url);

test("every route that a file defines is served", async () => {
  const defined: Route[] = [];
  for (const file of readdirSync(FOLDER)) {
    const exported: Record<string, unknown> = await import(new URL(file, FOLDER).href);
    defined.push(...Object.values(exported).filter(isRoute));
  }
  expect(new Set(defined)).toEqual(new Set(ROUTES));
  expect(ROUTES).toHaveLength(defined.length);
});

test("a handler is given what its path, query and body are declared to be", () => {
  const made = route({
    id: "example",
    method: "post",
    path: "/runs/{runId}/tags/{tag}",
    summary: "An example",
    query: z.object({ after: z.optional(z.string()) }),
    body: z.object({ reason: z.string() }),
    answers: { 200: { description: "It is done." } },
    handler: () => (asked) => {
      expectTypeOf(asked.ids).toEqualTypeOf<Readonly<Record<"runId" | "tag", string>>>();
      expectTypeOf(asked.query).toEqualTypeOf<{ after?: string | undefined }>();
      expectTypeOf(asked.body).toEqualTypeOf<{ reason: string }>();
      return asked.c.json({});
    },
  });
  expect(made).toMatchObject({ id: "example", access: "token" });
});

function isRoute(value: unknown): value is Route {
  return typeof value === "object" && value !== null && "serve" in value;
}
