/** The web page: data-free, so open. It signs in at the app like any other client. */
import { createHash } from "node:crypto";
import { PAGE } from "../page/assets.ts";
import { isKnown, NOT_CHANGED, PAGE_HEADERS } from "../page/headers.ts";
import { bareRoute } from "./route.ts";

const ASK_AGAIN = "no-cache";

export const getPage = bareRoute({
  id: "getPage",
  method: "get",
  path: "/ui",
  also: "/ui/",
  summary: "The web page, without any data; it signs in like any other client",
  access: "open",
  ownHeaders: true,
  answers: { 200: { description: "HTML.", type: "text/html" }, 304: NOT_CHANGED },
  handler({ tokens }) {
    // Where everybody is let in, nobody needs to sign in.
    const page = tokens ? PAGE : PAGE.replace('data-auth="on"', 'data-auth="off"');
    const tag = `"${createHash("sha256").update(page).digest("base64url").slice(0, 16)}"`;
    return (c) => {
      if (c.req.path.endsWith("/")) return c.redirect("../ui", 308);
      const headers = { ...PAGE_HEADERS, "Cache-Control": ASK_AGAIN, ETag: tag };
      return isKnown(c, tag) ? c.body(null, 304, headers) : c.html(page, 200, headers);
    };
  },
});
