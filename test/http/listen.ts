import { serve } from "@hono/node-server";
import { onTestFinished } from "vitest";

/** Serves on a free port of this machine until the test has finished; answers the port. */
export async function listen({ fetch }: Pick<Parameters<typeof serve>[0], "fetch">) {
  let server: ReturnType<typeof serve> | undefined;
  onTestFinished(() => new Promise((resolve) => void server?.close(() => resolve())));
  return await new Promise<number>((resolve) => {
    server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
  });
}
