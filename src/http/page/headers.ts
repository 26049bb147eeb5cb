/** What every answer of the web page says beside its content. */
import type { Context } from "hono";

/** The page runs, shows and asks nothing that the app itself does not serve. */
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

export const PAGE_HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Whether the caller says that it has what this tag names. */
export function isKnown(c: Context, tag: string): boolean {
  const known = c.req.header("If-None-Match")?.split(",") ?? [];
  return known.some((each) => each.trim().replace(/^W\//, "") === tag);
}

export const NOT_CHANGED = { description: "As the one that `If-None-Match` names." };
