/**
 * What keeps the web pages that somebody has open from driving an app that asks for no token.
 *
 * G1. An app is called by a name that is its own: without tokens that of this machine, unless others
 *     are listed. A foreign name that was made to lead here (DNS rebinding) is none.
 * G2. Without tokens nothing is taken from a page of another origin. Browsers name the origin with
 *     every request whose method is not safe, and with none of their own users' tools.
 * G3. A body says that it is JSON, which no page can do without being asked first (see body.ts).
 */
import type { Context, MiddlewareHandler } from "hono";
import { ConfigurationError } from "../core/errors.ts";
import { HttpError } from "./errors.ts";

export interface GuardOptions {
  /** Whether a token is asked for, which a page of another origin does not have. */
  tokens: boolean;
  /** The names that the app is called by, with or without a port. */
  hosts: readonly string[] | undefined;
}

/** @throws ConfigurationError for names that are none. */
export function guard({ tokens, hosts }: GuardOptions): MiddlewareHandler {
  const isOwn = hosts === undefined ? (tokens ? () => true : isThisMachine) : oneOf(hosts);
  return async (c, next) => {
    const host = hostOf(c);
    if (host === undefined || !isOwn(host)) throw foreignHost(c);
    if (!tokens && isForeign(c, host)) throw foreignOrigin(c);
    await next();
  };
}

/** As the caller wrote it; behind some servers only the address tells. */
function hostOf(c: Context): URL | undefined {
  const given = c.req.header("Host");
  return parsed(given === undefined ? c.req.url : `http://${given}`);
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

function isThisMachine({ hostname }: URL): boolean {
  return THIS_MACHINE.test(hostname);
}

function oneOf(hosts: readonly string[]): (host: URL) => boolean {
  const names = new Set(hosts.map(nameOf));
  return ({ host, hostname }) => names.has("*") || names.has(host) || names.has(hostname);
}

function nameOf(given: unknown): string {
  const url = typeof given === "string" ? parsed(`http://${given}`) : undefined;
  if (given === "*") return given;
  if (url && url.host !== "" && url.href === `http://${url.host}/`) return url.host;
  throw new ConfigurationError(
    `The hosts of createApp are names such as "detent.example.com" or "localhost:8080", or "*" for any, and ${JSON.stringify(given)} is none.`,
  );
}

/**
 * Tells a foreign request by its `Origin`, or, where a proxy has removed that, by `Sec-Fetch-Site`.
 */
function isForeign(c: Context, host: URL): boolean {
  const origin = c.req.header("Origin");
  if (origin !== undefined) {
    const url = parsed(origin);
    // The host is read with the scheme of the origin, which decides which port may be left out.
    return !url || url.host !== parsed(`${url.protocol}//${host.host}`)?.host;
  }
  const site = c.req.header("Sec-Fetch-Site") ?? "none";
  return !SAFE_METHODS.has(c.req.method) && site !== "none" && site !== "same-origin";
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

function foreignHost(c: Context): HttpError {
  const name = (c.req.header("Host") ?? new URL(c.req.url).host).slice(0, 200);
  return new HttpError(
    "host.refused",
    `This app is not called "${name}". Call it by its own name, such as localhost, or list this one in the hosts of createApp.`,
  );
}

function foreignOrigin(c: Context): HttpError {
  const origin = (c.req.header("Origin") ?? "another site").slice(0, 200);
  return new HttpError(
    "origin.refused",
    `This app asks for no token, so it takes nothing from a page of ${origin}. Use its own page, or a token; a proxy has to pass the Host on.`,
  );
}
