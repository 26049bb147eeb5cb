import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { EXIT, Failure } from "../failure.ts";

export interface Listening {
  url: string;
  close(): void;
}

/** Nobody else on the network is to reach what is being developed. */
const HOST = "127.0.0.1";

/** @throws Failure when the port cannot be had. */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch });
  server.listen(port, HOST);
  await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
    throw notListening(error, port);
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}

function notListening({ code, message }: NodeJS.ErrnoException, port: number): Failure {
  if (code === "EADDRINUSE") {
    return new Failure(
      EXIT.failed,
      "port.taken",
      `Port ${port} is taken, perhaps by another detent dev. End that, or give --port another one; --port 0 takes any that is free.`,
    );
  }
  return new Failure(
    EXIT.failed,
    "port.refused",
    `Port ${port} cannot be listened on: ${message}. Give --port another one; --port 0 takes any that is free.`,
  );
}
