import { Buffer } from "node:buffer";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { HttpError } from "../errors.ts";
import { ASSETS, type Asset } from "../page/assets.ts";
import { isKnown, NOT_CHANGED, PAGE_HEADERS } from "../page/headers.ts";
import { bareRoute } from "./route.ts";

/** Tells workerd that the body is compressed already. Other runtimes ignore it. */
const AS_IT_IS: object = { encodeBody: "manual" };

/** An asset's name changes with its content. */
const FOR_EVER = "public, max-age=31536000, immutable";

export const getPagePart = bareRoute({
  id: "getPagePart",
  method: "get",
  path: "/ui/{asset}",
  summary: "What the web page is made of",
  access: "open",
  ownHeaders: true,
  answers: { 200: { description: "Script, style or icon.", type: "*/*" }, 304: NOT_CHANGED },
  fails: [404],
  handler: () => (c) => {
    const name = c.req.param("asset") ?? "";
    const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (asset) return serve(c, name, asset);
    for (const [header, value] of Object.entries(PAGE_HEADERS)) c.header(header, value);
    throw new HttpError("route.notFound", `The page has no part ${name.slice(0, 200)}.`);
  },
});

function serve(c: Context, name: string, { type, gzip }: Asset): Response {
  const tag = `"${name}"`;
  const headers = {
    ...PAGE_HEADERS,
    "Cache-Control": FOR_EVER,
    ETag: tag,
    Vary: "Accept-Encoding",
  };
  if (isKnown(c, tag)) return c.body(null, 304, headers);
  const bytes = Buffer.from(gzip, "base64");
  if (takesGzip(c)) {
    const encoded = { ...headers, "Content-Type": type, "Content-Encoding": "gzip" };
    return new Response(bytes, { headers: encoded, ...AS_IT_IS });
  }
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return c.body(plain, 200, { ...headers, "Content-Type": type });
}

function takesGzip(c: Context): boolean {
  const supports = ["gzip", "identity"];
  return accepts(c, { header: "Accept-Encoding", supports, default: "identity" }) === "gzip";
}
