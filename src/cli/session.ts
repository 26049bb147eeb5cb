/** What every command that asks an app has: a client, and where to print. */
import type { Command } from "commander";
import { type Client, createClient } from "../http/client/index.ts";
import { addressIn } from "../http/protocol/address.ts";
import { keptToken } from "./dev-token.ts";
import { usageFailure } from "./failure.ts";
import { FORMATS, type Format, Output } from "./output.ts";
import type { Shell } from "./shell.ts";

export interface GlobalOptions {
  url?: string;
  token?: string;
  output: Format;
}

export interface Session {
  client: Client;
  output: Output;
  shell: Shell;
}

/** Spells DENT on a telephone. Where `detent dev` listens, and the shell looks for an app. */
export const DEFAULT_PORT = 3368;
export const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`;

/** @throws Failure when the address is none. */
export function openSession(shell: Shell, command: Command): Session {
  const options = command.optsWithGlobals<GlobalOptions>();
  const baseUrl = options.url ?? (shell.env["DETENT_URL"] || DEFAULT_URL);
  const address = addressIn(baseUrl);
  if (!address) {
    throw usageFailure(
      `"${baseUrl}" is no address of an app. Give --url or DETENT_URL one such as https://example.com.`,
    );
  }
  const kept = isLoopback(address) ? keptToken(shell.env) : undefined;
  const token = options.token ?? (shell.env["DETENT_TOKEN"] || kept);
  return {
    client: createClient({ baseUrl, token }),
    output: new Output(shell, options.output),
    shell,
  };
}

/** The token of `detent dev` is for apps of this machine. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** The format that was asked for, as far as it can be told where the rest is not understood. */
export function formatIn(args: readonly string[]): Format {
  const given = args.map((arg, index) =>
    arg === "-o" || arg === "--output" ? args[index + 1] : /^(?:-o|--output=)(.+)/.exec(arg)?.[1],
  );
  return FORMATS.find((format) => given.includes(format)) ?? "table";
}
