/** The document of an app, and whether an answer is one that it tells of. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Answered, TestApp } from "../test-app.ts";
import type { Schema } from "./arbitrary.ts";

interface Media {
  readonly schema?: Schema;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: Schema;
}

export interface Described {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation extends Described {
  readonly method: string;
  readonly path: string;
}

export async function readDocument({ send }: TestApp): Promise<Document> {
  const { status, text } = await send("/openapi.json");
  if (status !== 200) throw new Error(`No document: ${status} ${text}`);
  return JSON.parse(text);
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ ...each, method, path })),
  );
}

/** Says what of an answer the document does not tell of; nothing if it tells of all. */
export type Judge = (operationId: string, answer: Answered) => string | undefined;

/** Stricter than the document: a field that it does not know is a mistake too. */
export function createJudge(document: Document): Judge {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addVocabulary(["components"]);
  ajv.addSchema(closed({ $id: "doc:/", components: document.components }) as object);
  const operations = new Map(operationsOf(document).map((each) => [each.operationId, each]));
  const validators = new Map<Media, ValidateFunction>();
  const validatorOf = (media: Media): ValidateFunction => {
    const known = validators.get(media);
    if (known) return known;
    const validate = ajv.compile(closed(media.schema ?? {}, "doc:/") as object);
    validators.set(media, validate);
    return validate;
  };
  return (operationId, { status, headers, body, text }) => {
    const where = `${operationId} answered ${status}`;
    const response = operations.get(operationId)?.responses[status];
    if (!response) return `${where}, which is not documented: ${text.slice(0, 300)}`;
    const { content } = response;
    if (content === undefined) return text === "" ? undefined : `${where} with a body`;
    const type = headers.get("content-type")?.split(";")[0] ?? "";
    const media = content[type] ?? content["*/*"];
    if (!media) return `${where} as ${type}, which is not documented`;
    const validate = validatorOf(media);
    if (validate(body)) return undefined;
    return `${where}, but ${ajv.errorsText(validate.errors)}: ${text.slice(0, 300)}`;
  };
}

/** The schema with every object closed, and with references to the document's components. */
function closed(schema: unknown, base = ""): unknown {
  if (Array.isArray(schema)) return schema.map((each) => closed(each, base));
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.entries(schema).map(([key, part]) => {
    const isReference = key === "$ref" && typeof part === "string";
    return [key, isReference ? base + part : closed(part, base)];
  });
  const isObject = "properties" in schema && "type" in schema;
  return Object.fromEntries(isObject ? [...parts, ["additionalProperties", false]] : parts);
}
