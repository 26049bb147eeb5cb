/** Reading a request's body: no more of it than allowed, and only what it says it is. */
import type { Context } from "hono";
import type * as z from "zod/mini";
import { PayloadTooLargeError } from "../core/errors.ts";
import { messageOf } from "../core/thrown.ts";
import { check } from "./check.ts";
import { HttpError } from "./errors.ts";
import { decodeBody } from "./lossless.ts";
import { JSON_TYPE, LOSSLESS_TYPE } from "./protocol/media-types.ts";

/**
 * Reads and validates the body; an empty one counts as `{}`.
 * @param limit how many bytes it may have.
 * @throws PayloadTooLargeError, InvalidInputError, and HttpError for what is not JSON.
 */
export async function readBody<Schema extends z.core.$ZodType>(
  c: Context,
  schema: Schema,
  limit: number,
): Promise<z.output<Schema>> {
  const bytes = await readBytes(c, limit);
  return check(schema, bytes.length === 0 ? {} : parse(c, bytes), "The body");
}

/**
 * The value that the body says; an empty one says `undefined`.
 * @throws PayloadTooLargeError, and HttpError for what is not JSON.
 */
export async function readValue(c: Context, limit: number): Promise<unknown> {
  const bytes = await readBytes(c, limit);
  return bytes.length === 0 ? undefined : parse(c, bytes);
}

/**
 * Counts what really arrives: the declared length may be absent or a lie.
 * @throws PayloadTooLargeError, HttpError
 */
export async function readBytes(c: Context, limit: number): Promise<Uint8Array> {
  const declared = Number(c.req.header("Content-Length") ?? 0);
  if (declared > limit) throw tooLarge(declared, limit);
  const { body } = c.req.raw;
  if (body === null) return new Uint8Array();
  const bytes = c.req.raw.bodyUsed
    ? new Uint8Array(await c.req.arrayBuffer())
    : await drain(body, limit);
  if (bytes.length > limit) throw tooLarge(bytes.length, limit);
  return bytes;
}

async function drain(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  while (size <= limit) {
    const { done, value } = await reader.read().catch(() => {
      throw new HttpError("body.invalid", "The body broke off. Send it again.");
    });
    if (done) return join(chunks, size);
    chunks.push(value);
    size += value.length;
  }
  reader.cancel().catch(() => {});
  throw tooLarge(size, limit);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function parse(c: Context, bytes: Uint8Array): unknown {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== JSON_TYPE && type !== LOSSLESS_TYPE) {
    const what = type === "" ? "A body without a type" : `A body of type "${type.slice(0, 100)}"`;
    throw new HttpError(
      "body.unsupportedType",
      `${what} is not read here. Send one with the header Content-Type: ${JSON_TYPE}, or ${LOSSLESS_TYPE}.`,
    );
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const json: unknown = JSON.parse(text);
    return type === LOSSLESS_TYPE ? decodeBody(json, text.length) : json;
  } catch (error) {
    throw new HttpError(
      "body.invalid",
      `The body cannot be read as ${type}: ${messageOf(error)}. Check what sends it.`,
    );
  }
}

function tooLarge(size: number, limit: number): PayloadTooLargeError {
  return new PayloadTooLargeError({ what: "The request's body", size, limit });
}
