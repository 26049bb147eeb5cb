import { Hono } from "hono";
import { createDocument, type DocumentOptions } from "../openapi/document.ts";

const PATH = "/openapi.json";

/** What the app can be asked, for machines to read. */
export function openApiRoutes(options: Omit<DocumentOptions, "basePath">): Hono {
  return new Hono().get(PATH, (c) => {
    const basePath = c.req.path.slice(0, -PATH.length) || "/";
    return c.json(createDocument({ ...options, basePath }));
  });
}
