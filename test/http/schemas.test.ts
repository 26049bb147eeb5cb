import { describe, expect, test } from "vitest";
import * as z from "zod";
import { InvalidInputError } from "../../src/core/errors.ts";
import { check } from "../../src/http/check.ts";
import { cancelSchema } from "../../src/http/routes/cancel-run.ts";
import { eventsQuerySchema } from "../../src/http/routes/get-events.ts";
import { ROUTES } from "../../src/http/routes/index.ts";
import { runsQuerySchema } from "../../src/http/routes/list-runs.ts";
import { startSchema } from "../../src/http/routes/start-run.ts";

function issuesOf(schema: Parameters<typeof check>[0], value: unknown): unknown {
  try {
    return check(schema, value, "It");
  } catch (error) {
    if (error instanceof InvalidInputError) return error.issues;
    throw error;
  }
}

describe("a request's values", () => {
  test("pass when they are right, without the keys nobody knows", () => {
    expect(check(startSchema, { input: 1, tags: ["a"], color: "red" }, "It")).toEqual({
      input: 1,
      tags: ["a"],
    });
  });

  test("tell times in text from times in lossless bodies", () => {
    const startAt = new Date("2030-01-31T11:00:00Z");
    expect(check(startSchema, { startAt: "2030-01-31T12:00:00+01:00" }, "It")).toEqual({ startAt });
    expect(check(startSchema, { startAt }, "It")).toEqual({ startAt });
  });

  test("take a day for its first moment in a query", () => {
    expect(check(runsQuerySchema, { createdAfter: "2030-01-31", limit: "1000" }, "It")).toEqual({
      createdAfter: new Date("2030-01-31T00:00:00Z"),
      limit: 1000,
    });
  });

  test.each([
    ["a body that is no object", startSchema, ["x"], [], "must be an object"],
    ["no body at all", cancelSchema, null, [], "must be an object"],
    [
      "tags that are text",
      startSchema,
      { tags: "a" },
      ["tags"],
      "must be a list of at most 50 texts",
    ],
    ["a tag that is a number", startSchema, { tags: ["a", 1] }, ["tags", 1], "1 to 256"],
    ["an empty key", startSchema, { idempotencyKey: "" }, ["idempotencyKey"], "1 to 256"],
    ["a control character in an id", startSchema, { runId: "a\u0000" }, ["runId"], "control"],
    ["half a character in an id", startSchema, { runId: "a\ud800" }, ["runId"], "control"],
    ["an endless id", startSchema, { runId: "x".repeat(257) }, ["runId"], "1 to 256"],
    [
      "a day that does not exist",
      startSchema,
      { startAt: "2030-02-30T00:00:00Z" },
      ["startAt"],
      "ISO",
    ],
    [
      "a time without its zone",
      startSchema,
      { startAt: "2030-01-31T00:00:00" },
      ["startAt"],
      "zone",
    ],
    [
      "a reason that is null",
      cancelSchema,
      { reason: null },
      ["reason"],
      "must be text of at most 1000",
    ],
    ["a wait that is text", cancelSchema, { wait: "true" }, ["wait"], "must be true or false"],
    ["a timeout nobody can read", cancelSchema, { timeout: "soon" }, ["timeout"], "milliseconds"],
    ["a timeout without its unit", cancelSchema, { timeout: "10" }, ["timeout"], "milliseconds"],
    ["a negative grace period", cancelSchema, { gracePeriod: -1 }, ["gracePeriod"], "milliseconds"],
    ["a timeout that is true", cancelSchema, { timeout: true }, ["timeout"], "milliseconds"],
    [
      "an unknown status",
      runsQuerySchema,
      { status: "gone" },
      ["status"],
      "one of pending, running",
    ],
    ["a limit of nothing", runsQuerySchema, { limit: "0" }, ["limit"], "from 1 to 1000"],
    ["a limit over the limit", runsQuerySchema, { limit: "1001" }, ["limit"], "from 1 to 1000"],
    ["a limit that is none", runsQuerySchema, { limit: "ten" }, ["limit"], "from 1 to 1000"],
    ["a broken limit", runsQuerySchema, { limit: "1.5" }, ["limit"], "from 1 to 1000"],
    ["an empty limit", runsQuerySchema, { limit: "" }, ["limit"], "from 1 to 1000"],
    ["two limits", runsQuerySchema, { limit: ["1", "2"] }, ["limit"], "from 1 to 1000"],
    ["a time that is none", runsQuerySchema, { createdBefore: "today" }, ["createdBefore"], "ISO"],
    ["a seq that is none", eventsQuerySchema, { after: "-1" }, ["after"], "whole number"],
    [
      "a seq beyond counting",
      eventsQuerySchema,
      { after: "9".repeat(16) },
      ["after"],
      "whole number",
    ],
  ])("are refused for %s", (_what, schema, value, path, message) => {
    expect(issuesOf(schema, value)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  test("are described by JSON schemas, every field of them", () => {
    const { properties } = z.toJSONSchema(startSchema, { io: "input", unrepresentable: "any" });
    expect(Object.keys(properties ?? {})).toEqual([
      "input",
      "runId",
      "idempotencyKey",
      "tags",
      "startAt",
      "version",
    ]);
    for (const schema of ROUTES.flatMap(({ query, body }) => [query ?? [], body ?? []].flat())) {
      expect(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })).toBeDefined();
    }
  });
});
