import { Validator } from "@seriousme/openapi-schema-validator";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createTestApp, TOKEN } from "../test-app.ts";
import { operationsOf, readDocument } from "./document.ts";

describe("the OpenAPI document", () => {
  test.each([
    { auth: { tokens: [TOKEN] } },
    { auth: { tokens: [TOKEN] }, continuationSecret: "s" },
    { auth: false as const },
    { auth: false as const, continuationSecret: "s" },
  ])("is one by the meta-schema of OpenAPI 3.1, with %j", async (options) => {
    const document = await readDocument(createTestApp(options));
    expect(document.openapi).toBe("3.1.1");
    const { valid, errors } = await new Validator().validate({ ...document });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  test("tells of every route of the app, and of no other", async () => {
    const testApp = createTestApp({ continuationSecret: "s" });
    const routes = testApp.app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
      .map((route) => route.replace(/\b\/$/, ""));
    const documented = operationsOf(await readDocument(testApp)).map(
      ({ method, path }) => `${method.toUpperCase()} ${path}`,
    );
    expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test("gives each operation an id of its own", async () => {
    const ids = operationsOf(await readDocument(createTestApp())).map(
      ({ operationId }) => operationId,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("asks for a token where the app does", async () => {
    const testApp = createTestApp();
    for (const { security, method, path } of operationsOf(await readDocument(testApp))) {
      const place = path.replaceAll(/\{\w+\}/g, "x");
      const { status } = await testApp.app.request(place, { method: method.toUpperCase() });
      expect({ path, open: status !== 401 }).toEqual({ path, open: security.length === 0 });
    }
  });

  test("needs a token itself", async () => {
    const { app } = createTestApp();
    expect((await app.request("/openapi.json")).status).toBe(401);
  });

  test("leaves out what this app does not have", async () => {
    const document = await readDocument(createTestApp({ auth: false }));
    expect(Object.keys(document.paths)).not.toContain("/continuations");
    expect(JSON.stringify(document)).not.toContain('"bearer"');
    expect(operationsOf(document).flatMap(({ responses }) => Object.keys(responses))).not.toContain(
      "401",
    );
  });

  test("knows where the app is mounted", async () => {
    const { app } = createTestApp({ auth: false });
    const outer = new Hono().route("/api", app);
    const response = await outer.request("/api/openapi.json");
    expect(await response.json()).toMatchObject({ servers: [{ url: "/api" }] });
    const own = await app.request("/openapi.json");
    expect(await own.json()).toMatchObject({ servers: [{ url: "/" }] });
  });

  test("tells the bounds that the app holds to", async () => {
    const document = await readDocument(createTestApp());
    const listRuns = document.paths["/runs"]?.["get"];
    expect(listRuns?.parameters).toContainEqual({
      name: "limit",
      in: "query",
      schema: { type: "integer", minimum: 1, maximum: 1000 },
    });
  });
});
