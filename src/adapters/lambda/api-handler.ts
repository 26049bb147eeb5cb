import type { Hono } from "hono";
import { handle } from "hono/aws-lambda";

/**
 * Serves an app behind an API Gateway, a function URL or a load balancer.
 *
 * @example
 * export const handler = apiHandler(createApp({ engine, auth: { tokens } }));
 */
export function apiHandler(app: Hono): ReturnType<typeof handle> {
  return handle(app);
}
