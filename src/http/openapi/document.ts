/** The OpenAPI document of an app, made of the schemas that validate its requests. */
import type * as z from "zod/mini";
import { labelSchema } from "../fields/requests.ts";
import { IN_QUERY } from "../protocol/address.ts";
import { SIGNATURE_HEADER } from "../protocol/continuations.ts";
import { JSON_TYPE, LOSSLESS_TYPE } from "../protocol/media-types.ts";
import { type Answer, namesIn, type Operation } from "../routes/route.ts";
import { type ErrorStatus, endedResponse, errorResponse, timeoutResponse } from "./errors.ts";
import { componentSchemas, type JsonSchema, reference, toJsonSchema } from "./json-schema.ts";

export interface DocumentOptions {
  /** Where the app is mounted. */
  basePath: string;
  /** Whether a token is asked for. */
  tokens: boolean;
  /** Whether it is called by its own names only, and not by foreign pages. */
  guarded: boolean;
}

const DESCRIPTION = `Durable workflows that stop only where it is safe to stop.

Bodies are JSON and say so in \`Content-Type\`; anything else is 415. Answers are JSON. With the type
\`${LOSSLESS_TYPE}\` (\`Content-Type\` of a body, \`Accept\` for an answer) either is lossless: every
value of JavaScript survives, in the form of the npm package devalue. Plain JSON takes and shows what it
has words for; see \`Value\`. Errors are plain JSON always.

Keys of a body that nobody knows are ignored; names in a query that nobody knows are refused. A page ends
at its limit, or at 1 MB.`;

const LOSSLESS: JsonSchema = {
  anyOf: [{ type: "array", items: {} }, { type: "integer" }],
  description:
    "The value that is described for `application/json`, as the `stringify` of the npm package devalue writes it: Date, Map, Set, BigInt, undefined, typed arrays, errors and references come back as they were.",
};

/** The document of an app that serves these operations. */
export function createDocument(operations: readonly Operation[], options: DocumentOptions): object {
  const { basePath, tokens } = options;
  const signed = operations.some(({ access }) => access === "signed");
  const links = linksTo(operations);
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = {
      ...path,
      [operation.method]: describe(operation, { ...options, links }),
    };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Detent", version: "1", description: DESCRIPTION },
    servers: [{ url: basePath }],
    paths,
    components: {
      schemas: { ...componentSchemas(), Lossless: LOSSLESS },
      ...((tokens || signed) && { securitySchemes: securitySchemes(tokens, signed) }),
    },
  };
}

function securitySchemes(tokens: boolean, signed: boolean): object {
  return {
    ...(tokens && { token: { type: "http", scheme: "bearer" } }),
    ...(signed && {
      signature: {
        type: "apiKey",
        in: "header",
        name: SIGNATURE_HEADER,
        description:
          "`t=<milliseconds since the epoch>,v1=<HMAC-SHA-256 of the time, a full stop and the body, in hex>`",
      },
    }),
  };
}

function describe(operation: Operation, options: DocumentOptions & { links: object }): object {
  const parameters = parametersOf(operation);
  const { id, summary, body } = operation;
  return {
    operationId: id,
    summary,
    security: securityOf(operation, options),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: contentOf(body, operation.access === "signed") } }),
    responses: { ...answersOf(operation, options.links), ...failuresOf(operation, options) },
  };
}

function securityOf({ access }: Operation, { tokens }: DocumentOptions): object[] {
  if (access === "signed") return [{ signature: [] }];
  return tokens && access === "token" ? [{ token: [] }] : [];
}

function parametersOf({ path, inPath = {}, query, headers = {} }: Operation): object[] {
  const ids = namesIn(path).map((name) => ({
    name,
    in: "path",
    required: true,
    description:
      inPath[name] ??
      `Letters of ASCII, digits, \`.\`, \`_\` and \`-\` may stand here as they are. Write any other as \`${IN_QUERY}\`, and the text itself into the query as \`${name}=…\`: a gateway may decode a path on its way, and some do.`,
    schema: inPath[name] === undefined ? toJsonSchema(labelSchema) : TEXT,
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    schema: toJsonSchema(schema),
  }));
  const inHeader = Object.entries(headers).map(([name, { description, schema }]) => ({
    name,
    in: "header",
    description,
    schema: toJsonSchema(schema),
  }));
  return [...ids, ...inQuery, ...inHeader];
}

const TEXT: JsonSchema = { type: "string", minLength: 1 };

function answersOf({ answers }: Operation, links: object): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, links)]),
  );
}

function responseOf({ description, schema, type, plain, run }: Answer, links: object): object {
  return {
    description,
    ...(schema && { content: contentOf(schema, plain) }),
    ...(type && { content: { [type]: {} } }),
    ...(run && { links }),
  };
}

function contentOf(schema: z.core.$ZodType, plain = false): object {
  return {
    [JSON_TYPE]: { schema: reference(schema) },
    ...(!plain && { [LOSSLESS_TYPE]: { schema: { $ref: "#/components/schemas/Lossless" } } }),
  };
}

/** Where to go on with the id of a run that was answered. */
function linksTo(operations: readonly Operation[]): object {
  const ofRuns = operations.filter(({ path }) => path.includes("{runId}"));
  const parameters = { runId: "$response.body#/runId" };
  return Object.fromEntries(ofRuns.map(({ id }) => [id, { operationId: id, parameters }]));
}

function failuresOf(operation: Operation, options: DocumentOptions): Record<string, object> {
  return Object.fromEntries(
    failureStatuses(operation, options).map((status) => [status, failureOf(operation, status)]),
  );
}

function failureStatuses(
  { access, query, body, fails = [] }: Operation,
  { tokens, guarded }: DocumentOptions,
): ErrorStatus[] {
  const all: ErrorStatus[] = access === "token" ? [500] : [];
  if (access === "signed" || (tokens && access === "token")) all.push(401);
  if (guarded && access === "token") all.push(403);
  if (body || query) all.push(400);
  if (body) all.push(413);
  if (body && access !== "signed") all.push(415);
  return [...all, ...fails];
}

function failureOf({ tellsRun }: Operation, status: ErrorStatus): object {
  if (tellsRun && status === 409) return endedResponse();
  if (tellsRun && status === 504) return timeoutResponse();
  return errorResponse(status);
}
