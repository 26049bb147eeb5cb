/** A real HTTP server before the function that serves it, as API Gateway stands before it. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { eventOf, sendAnswer, sendFailure } from "./http-event.ts";
import { EventTooLargeError } from "./instance.ts";

export interface HttpApi {
  readonly url: string;
  /** What requests wait for until it is there. */
  serve(invoke: (event: unknown) => Promise<unknown>): void;
  stop(): Promise<void>;
}

/** More than this API Gateway does not pass on, in bytes. */
const LARGEST_BODY = 10 * 1024 * 1024;
const LARGEST_HEAD = 10_240;
/** Longer than this it waits for no function. */
const TIMEOUT_MS = 30_000;

/**
 * Listens on the loopback interface; port 0 takes a free one.
 * @throws Error that says so if the port is taken.
 */
export async function openHttpApi(port: number, timeoutMs = TIMEOUT_MS): Promise<HttpApi> {
  let serve = (_: (event: unknown) => Promise<unknown>): void => {};
  const invoke = new Promise<(event: unknown) => Promise<unknown>>((resolve) => {
    serve = resolve;
  });
  const server = createServer(async (request, response) => {
    try {
      const body = await readBody(request);
      if (headBytes(request) > LARGEST_HEAD) {
        return sendFailure(response, 431, "Request Header Fields Too Large");
      }
      if (!body) return sendFailure(response, 413, "Request Entity Too Large");
      const event = eventOf(request, body);
      if (!event) return sendFailure(response, 400, "Bad Request");
      sendAnswer(response, await within(timeoutMs, (await invoke)(event)));
    } catch (error) {
      if (response.headersSent) return;
      if (error instanceof TooLateError) sendFailure(response, 503, "Service Unavailable");
      else if (error instanceof EventTooLargeError) {
        sendFailure(response, 413, "Request Entity Too Large");
      } else sendFailure(response, 500, "Internal Server Error");
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

class TooLateError extends Error {
  override readonly name = "TooLateError";
}

/** @throws TooLateError; the function goes on all the same. */
async function within(ms: number, answer: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLateError()), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => {}); // Nobody may be waiting any more.
  }
}

/** Of the request line and the headers. */
function headBytes({ method = "", url = "", rawHeaders }: IncomingMessage): number {
  return [method, url, ...rawHeaders].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
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
