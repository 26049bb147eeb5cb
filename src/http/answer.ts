/** How a success is answered: readable JSON, or lossless if the request asks for it. */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { readable } from "../core/readable.ts";
import { encode } from "../core/value.ts";
import { LOSSLESS_TYPE } from "./lossless.ts";

const READABLE_TYPE = "application/json";

export function answer(c: Context, body: object, status: 200 | 202 = 200): Response {
  const type = accepts(c, {
    header: "Accept",
    supports: [READABLE_TYPE, LOSSLESS_TYPE],
    default: READABLE_TYPE,
  });
  const json = type === LOSSLESS_TYPE ? encode(body, "The answer") : readable(body);
  return c.body(JSON.stringify(json), status, { "Content-Type": type });
}
