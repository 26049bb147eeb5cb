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

  test("has patterns that mean the same in every engine", async () => {
    const patterns = await collect("pattern");
    expect(patterns.length).toBeGreaterThan(2);
    const samples = ["", "a", "7", "٣", "30s", "1h 30m", "ü😀", "a\nb", "\u0085", "{", "-", "\\"];
    for (const pattern of patterns) {
      // Nothing but anchors, groups, sets, repeats, and characters by two hex digits.
      const rest = pattern.replaceAll(/\\x[0-9a-f]{2}|\\\./g, "");
      expect(rest).toMatch(/^[\^$()[\]{}|*+?,\w -]*$/);
      expect(rest).not.toMatch(/\(\?|\*\?|\+\+/);
      for (const sample of samples) {
        const [plain, unicode] = [new RegExp(pattern), new RegExp(pattern, "u")];
        expect(plain.test(sample)).toBe(unicode.test(sample));
      }
    }
  });

  test("says where an integer needs more than 32 bits", async () => {
    const document = await readDocument(createTestApp());
    const after = document.paths["/runs/{runId}/events"]?.["get"]?.parameters?.find(
      ({ name }) => name === "after",
    );
    expect(after?.schema).toMatchObject({ type: "integer", format: "int64" });
  });

  test("says what is true of cursors, lossless bodies and refusals", async () => {
    const testApp = createTestApp();
    const document = await readDocument(testApp);
    const cursor = document.paths["/runs"]?.["get"]?.parameters?.find(
      ({ name }) => name === "cursor",
    );
    expect(cursor?.schema).toMatchObject({
      description: expect.stringMatching(/same filters.*does not expire/s),
    });
    const start = document.paths["/workflows/{workflow}/runs"]?.["post"];
    expect(Object.keys(start?.requestBody?.content ?? {})).toEqual([
      "application/json",
      "application/vnd.detent+json",
    ]);
    expect(Object.keys(start?.responses ?? {})).toEqual(
      expect.arrayContaining(["400", "401", "413", "415", "503"]),
    );
    const { text } = await testApp.send("/openapi.json");
    for (const said of ["devalue", "truncated", "Retry-After", "1 MiB", "/runs"]) {
      expect(text).toContain(said);
    }
  });
});

/** What stands under this key, anywhere in the document. */
async function collect(key: string): Promise<string[]> {
  const found = new Set<string>();
  const { text } = await createTestApp({ continuationSecret: "s" }).send("/openapi.json");
  JSON.parse(text, (each, value: unknown) => {
    if (each === key && typeof value === "string") found.add(value);
    return value;
  });
  return [...found];
}
