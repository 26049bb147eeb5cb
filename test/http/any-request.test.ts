/** Whatever is sent, the answer is one of the contract's. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encode } from "../../src/core/value.ts";
import { createTestApp } from "./test-app.ts";

const METHODS = ["POST", "POST", "POST", "POST", "GET", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"];
const FIELDS = [
  ...["input", "runId", "idempotencyKey", "tags", "startAt", "version"],
  ...["reason", "requestedBy", "timeout", "gracePeriod", "__proto__", "constructor"],
];
const PARAMETERS = [
  ...["status", "workflow", "tag", "createdAfter", "createdBefore"],
  ...["limit", "cursor", "after", "timeout", "__proto__"],
];

/** UTF-8 has no place for half a character. */
const wellFormed = (half: string) => Buffer.from(half).toString();
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "",
    "known",
    "1h",
    "5",
    "2030-01-31T12:00:00Z",
    "completed",
    "\u0000",
    "%00",
    "../..",
  ),
  fc.constantFrom("x".repeat(700), "é".repeat(400), "\ud800", "__proto__"),
);
const value = fc.oneof(
  text,
  fc.array(text, { maxLength: 3 }),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
  }),
);
const segment = fc.oneof(
  text.map((part) => encodeURIComponent(wellFormed(part))),
  fc.constantFrom("known", "echo", "greet", "%E0%A4%A", "%", "..", ";", "%2F"),
);
const path = fc
  .oneof(
    fc.constantFrom(
      "workflows/echo/runs",
      "runs/known/cancel",
      "runs/known/terminate",
      "runs/known/events",
      "runs/none/result",
    ),
    fc.tuple(
      fc.constantFrom("workflows", "runs"),
      segment,
      fc.constantFrom("runs", "events", "cancel"),
    ),
    fc.constantFrom("runs", "runs/known", "workflows", "healthz"),
    fc.array(segment, { maxLength: 4 }),
  )
  .map((parts) => (typeof parts === "string" ? parts : parts.join("/")));
const query = fc.dictionary(fc.constantFrom(...PARAMETERS), text, {
  maxKeys: 3,
  noNullPrototype: true,
});
const fields = fc.dictionary(fc.constantFrom(...FIELDS), value, {
  maxKeys: 3,
  noNullPrototype: true,
});
const flat = fc.array(
  fc.oneof(
    fc.integer({ min: -8, max: 8 }),
    text,
    fc.tuple(
      fc.constantFrom("Error", "Map", "Set", "Date", "Object", "Uint8Array", "null"),
      fc.nat(8),
    ),
    fc.dictionary(fc.constantFrom(...FIELDS, "name", "message", "fields", "kind"), fc.nat(8), {
      maxKeys: 3,
    }),
  ),
  { maxLength: 8 },
);

const json = (body: unknown): string => {
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    return "{}";
  }
};
const lossless = (body: unknown): string => {
  try {
    return JSON.stringify(encode(body, "a body"));
  } catch {
    return "-1";
  }
};
const body = fc.oneof(
  fields.map((each) => ({ type: "application/json", body: json(each) })),
  fields.map((each) => ({ type: "application/vnd.detent+json", body: lossless(each) })),
  flat.map((each) => ({ type: "application/vnd.detent+json", body: json(each) })),
  fc.record({ type: fc.constantFrom("application/json", "text/plain"), body: fc.string() }),
);

test("nothing that is sent makes the app fail", async () => {
  const { app, engine, logged } = createTestApp({ auth: false });
  await engine.start("nap", undefined, { runId: "known" });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...METHODS),
      path,
      query,
      fc.option(body),
      fc.constantFrom("*/*", "application/vnd.detent+json"),
      async (method, place, parameters, sent, accept) => {
        const search = new URLSearchParams();
        for (const [key, each] of Object.entries(parameters)) search.append(key, wellFormed(each));
        const url = `http://localhost/${place}?${search}`;
        const carries = sent !== null && !["GET", "HEAD"].includes(method);
        const headers = { accept, ...(carries && { "content-type": sent.type }) };
        const response = await app.request(url, {
          method,
          headers,
          ...(carries && { body: sent.body }),
        });
        const answer = await response.text();
        expect(logged).toEqual([]);
        expect(response.status).toBeLessThan(500);
        expect(Reflect.ownKeys(Object.prototype)).toHaveLength(12);
        if (method === "HEAD" || response.status < 400) return;
        const { error } = JSON.parse(answer);
        expect(error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
      },
    ),
    { numRuns: 2000 },
  );
});
