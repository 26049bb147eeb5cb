/** Where somebody ends up who knows only where the app is. Open: it tells nothing of any run. */
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";

/** A browser is led to the page; a machine is told of it, and of the document. */
export function rootRoutes(): Hono {
  return new Hono().get("/", (c) => {
    const supports = ["application/json", "text/html"];
    const type = accepts(c, { header: "Accept", supports, default: "application/json" });
    if (type === "text/html") return c.redirect(`./${lastPart(c)}ui`, 302);
    const base = new URL(c.req.url).pathname.replace(/\/$/, "");
    return c.json({ name: "detent", ui: `${base}/ui`, openapi: `${base}/openapi.json` });
  });
}

/** What a relative address would lose: nothing after a slash. */
function lastPart(c: Context): string {
  const [part = ""] = new URL(c.req.url).pathname.split("/").slice(-1);
  return part === "" ? "" : `${part}/`;
}
