/** The web page: data-free, so open. It signs in at the app like any other client. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import { ASSETS, type Asset, PAGE } from "../../dashboard/assets.ts";
import { HttpError } from "../errors.ts";

/** Nothing but what the app itself serves is run, shown, asked or sent to. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Keeps workerd from compressing once more what says that it is. Others do not know the word. */
const AS_IT_IS: object = { encodeBody: "manual" };

/** An asset's name changes with its content. */
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_AGAIN = "no-cache";

/** @param open whether the app lets everybody in, so that nobody needs to sign in. */
export function pageRoutes({ open }: { open: boolean }): Hono {
  const page = open ? PAGE.replace('data-auth="on"', 'data-auth="off"') : PAGE;
  const tag = `"${createHash("sha256").update(page).digest("base64url").slice(0, 16)}"`;
  return new Hono()
    .get("/ui", (c) => {
      const headers = { ...HEADERS, "Cache-Control": ASK_AGAIN, ETag: tag };
      return isKnown(c, tag) ? c.body(null, 304, headers) : c.html(page, 200, headers);
    })
    .get("/ui/", (c) => c.redirect("../ui", 308))
    .get("/ui/:asset", (c) => {
      const name = c.req.param("asset");
      const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
      if (asset) return serve(c, name, asset);
      for (const [header, value] of Object.entries(HEADERS)) c.header(header, value);
      throw new HttpError("route.notFound", `The page has no part ${name.slice(0, 200)}.`);
    });
}

function serve(c: Context, name: string, { type, gzip }: Asset): Response {
  const tag = `"${name}"`;
  const headers = {
    ...HEADERS,
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

function isKnown(c: Context, tag: string): boolean {
  const known = c.req.header("If-None-Match")?.split(",") ?? [];
  return known.some((each) => each.trim().replace(/^W\//, "") === tag);
}
