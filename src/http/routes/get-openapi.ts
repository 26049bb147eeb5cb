import { createDocument } from "../openapi/document.ts";
import { JSON_TYPE } from "../protocol/media-types.ts";
import { bareRoute } from "./route.ts";

const PATH = "/openapi.json";

/** What the app can be asked, for machines to read. */
export const getOpenApi = bareRoute({
  id: "getOpenApi",
  method: "get",
  path: PATH,
  summary: "This document",
  access: "token",
  answers: { 200: { description: "OpenAPI 3.1.", type: JSON_TYPE } },
  handler:
    ({ routes, tokens, guarded }) =>
    (c) => {
      const basePath = c.req.path.slice(0, -PATH.length) || "/";
      return c.json(createDocument(routes, { basePath, tokens, guarded }));
    },
});
