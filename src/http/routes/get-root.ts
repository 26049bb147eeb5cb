/** Where somebody ends up who knows only where the app is. Open: it tells nothing of any run. */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import * as z from "zod/mini";
import { text } from "../fields/answers.ts";
import { JSON_TYPE } from "../protocol/media-types.ts";
import { getOpenApi } from "./get-openapi.ts";
import { getPage } from "./get-page.ts";
import { bareRoute } from "./route.ts";

const rootAnswer = z.object({ name: z.literal("detent"), ui: text, openapi: text });

/** A browser is led to the page; a machine is told of it, and of the document. */
export const getRoot = bareRoute({
  id: "getRoot",
  method: "get",
  path: "/",
  summary: "What there is; who accepts HTML is led to the web page",
  access: "open",
  answers: {
    200: {
      description: "Where the page and this document are.",
      schema: rootAnswer,
      plain: true,
    },
    302: { description: "To the page." },
  },
  handler: () => (c) => {
    const supports = [JSON_TYPE, "text/html"];
    const type = accepts(c, { header: "Accept", supports, default: JSON_TYPE });
    if (type === "text/html") return c.redirect(`./${lastPart(c)}ui`, 302);
    const base = new URL(c.req.url).pathname.replace(/\/$/, "");
    return c.json({ name: "detent", ui: base + getPage.path, openapi: base + getOpenApi.path });
  },
});

/** What a relative address would lose: nothing after a slash. */
function lastPart(c: Context): string {
  const [part = ""] = new URL(c.req.url).pathname.split("/").slice(-1);
  return part === "" ? "" : `${part}/`;
}
