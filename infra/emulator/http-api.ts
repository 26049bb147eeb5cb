/** A real HTTP server before the function that serves it, as API Gateway stands before it. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { eventOf, sendAnswer, sendFailure } from "./http-event.ts";

export interface HttpApi {
  readonly url: string;
  /** What requests wait for until it is there. */
  serve(invoke: (event: unknown) => Promise<unknown>): void;
  stop(): Promise<void>;
}

/** More than this API Gateway does not pass on. */
const LARGEST_BODY = 10 * 1024 * 1024;

/**
 * Listens on the loopback interface; port 0 takes a free one.
 * @throws Error that says so if the port is taken.
 */
export async function openHttpApi(port: number): Promise<HttpApi> {
  let serve = (_: (event: unknown) => Promise<unknown>): void => {};
  const invoke = new Promise<(event: unknown) => Promise<unknown>>((resolve) => {
    serve = resolve;
  });
  const server = createServer(async (request, response) => {
    try {
      const body = await readBody(request);
      if (!body) return sendFailure(response, 413, "Request Entity Too Large");
      const event = eventOf(request, body);
      if (!event) return sendFailure(response, 400, "Bad Request");
      sendAnswer(response, await (await invoke)(event));
    } catch {
      if (!response.headersSent) sendFailure(response, 500, "Internal Server Error");
    }
  });
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const isTaken = Reflect.get(Object(error), "code") === "EADDRINUSE";
    if (!isTaken) throw error;
    throw new Error(
      `Port ${port} is taken. Choose another one with --port, or leave it out to have a free one found.`,
    );
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @returns nothing if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  return size > LARGEST_BODY ? undefined : Buffer.concat(chunks);
}
