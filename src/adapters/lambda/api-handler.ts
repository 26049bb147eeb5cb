import type { Hono } from "hono";
import { type APIGatewayProxyResult, handle, type LambdaEvent } from "hono/aws-lambda";
import { createEventReader } from "./request-path.ts";

export type ApiHandler = (event: LambdaEvent) => Promise<APIGatewayProxyResult>;

/**
 * Serves an app behind an API Gateway, a function URL or a load balancer.
 *
 * @example
 * export const handler = apiHandler(createApp({ engine, auth: { tokens } }));
 */
export function apiHandler(app: Hono): ApiHandler {
  const answer = handle(app);
  const read = createEventReader(app);
  return (event) => answer(read(event));
}
