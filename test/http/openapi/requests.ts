/** Requests made from the document: what it allows, or with a part that is anything. */
import * as fc from "fast-check";
import { LOSSLESS_TYPE } from "../../../src/http/protocol/media-types.ts";
import { type Schema, valueBy } from "./arbitrary.ts";
import type { Operation, Parameter } from "./document.ts";

export interface Request {
  readonly operationId: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** What is known of this app: makes paths lead somewhere, and inputs fit. */
export interface Known {
  readonly runs: readonly string[];
  readonly hooks: readonly string[];
  readonly workflows: readonly { readonly name: string; readonly inputSchema?: Schema }[];
}

const JSON_TYPE = "application/json";

/** Only what the document allows, of an address that is there. */
export function allowedRequests(operation: Operation, known: Known): fc.Arbitrary<Request> {
  return requests(operation, known, (schema) => valueBy(schema));
}

/** What the document allows or forbids, to any address. */
export function anyRequests(operation: Operation, known: Known): fc.Arbitrary<Request> {
  const stray = fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.jsonValue());
  return requests(operation, known, (schema) =>
    fc.oneof({ arbitrary: valueBy(schema), weight: 4 }, { arbitrary: stray, weight: 1 }),
  );
}

function requests(
  operation: Operation,
  known: Known,
  value: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Request> {
  const { parameters = [], method } = operation;
  const query = parameters.filter((each) => each.in === "query" && each.name !== "cursor");
  return fc.constantFrom(...known.workflows).chain((workflow) =>
    fc
      .record({
        place: placeOf(operation, known, workflow.name),
        query: fc.record(
          Object.fromEntries(query.map(({ name, schema }) => [name, value(schema)])),
          { requiredKeys: [], noNullPrototype: true },
        ),
        body: value(bodyOf(operation, workflow.inputSchema)),
        accept: fc.constantFrom(JSON_TYPE, LOSSLESS_TYPE, "*/*"),
      })
      .map(({ place, query: asked, body, accept }) => {
        const search = new URLSearchParams();
        for (const [name, each] of Object.entries(asked)) search.set(name, wellFormed(each));
        if (operation.operationId === "getResult") search.set("timeout", "5ms");
        const sent = operation.requestBody && { body: JSON.stringify(hasty(body)) };
        const headers = { accept, ...(sent && { "content-type": JSON_TYPE }) };
        const path = search.size > 0 ? `${place}?${search}` : place;
        const { operationId } = operation;
        return { operationId, method: method.toUpperCase(), path, headers, ...sent };
      }),
  );
}

function placeOf({ path, parameters = [] }: Operation, known: Known, workflow: string) {
  const names = parameters.filter((each): each is Parameter => each.in === "path");
  const values = names.map(({ name }) => {
    if (name === "workflow") return fc.constant(workflow);
    if (name === "channel") return fc.constantFrom("words", "none");
    return fc.constantFrom(...(name === "token" ? known.hooks : known.runs));
  });
  return fc
    .tuple(...values)
    .map((parts) =>
      parts.reduce(
        (place, part, at) => place.replace(`{${names[at]?.name}}`, encodeURIComponent(part)),
        path,
      ),
    );
}

/** The body of a start, with the input that its workflow takes. */
function bodyOf({ requestBody }: Operation, input: Schema | undefined): Schema {
  const schema = requestBody?.content[JSON_TYPE]?.schema ?? {};
  if (input === undefined || !schema.properties?.["input"]) return schema;
  return { ...schema, properties: { ...schema.properties, input }, required: ["input"] };
}

/** Who waits for the end of a run does not wait long. */
function hasty(body: unknown): unknown {
  const waits = typeof body === "object" && body !== null && "wait" in body;
  return waits && body.wait === true ? { ...body, timeout: "5ms" } : body;
}

/** UTF-8 has no place for half a character. */
function wellFormed(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString();
}
