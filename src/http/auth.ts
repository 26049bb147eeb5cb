/** Who may call: a bearer token is asked for unless that was turned off in so many words. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { ConfigurationError } from "../core/errors.ts";
import { HttpError } from "./errors.ts";

/** The tokens that are let in, a function that tells whether one is, or `false` for everybody. */
export type Auth =
  | { tokens: readonly string[] }
  | ((token: string) => boolean | Promise<boolean>)
  | false;

type Check = (token: string) => boolean | Promise<boolean>;

const BEARER = /^bearer +(\S+)$/i;
/** What an `Authorization` header can carry as a token. */
const TOKEN = /^[\x21-\x7e]+$/;
const CHALLENGE = { "WWW-Authenticate": "Bearer" };

/** @throws ConfigurationError when it is not said who may call. */
export function requireToken(auth: Auth): MiddlewareHandler {
  const check = checkOf(auth);
  return async (c, next) => {
    if (check !== undefined) {
      const token = BEARER.exec(c.req.header("Authorization")?.trim() ?? "")?.[1];
      if (token === undefined) {
        throw new HttpError(
          "token.missing",
          "A token is needed. Send the header Authorization: Bearer <token>.",
          CHALLENGE,
        );
      }
      if ((await check(token)) !== true) {
        throw new HttpError(
          "token.invalid",
          "This token is not accepted. Check it, or ask whoever runs this service for one.",
          CHALLENGE,
        );
      }
    }
    await next();
  };
}

function checkOf(auth: Auth): Check | undefined {
  if (auth === false) return undefined;
  if (typeof auth === "function") return auth;
  const tokens: unknown = auth?.tokens;
  if (!Array.isArray(tokens) || tokens.length === 0) {
    throw new ConfigurationError(
      "createApp needs to know who may call. Pass auth: { tokens: [...] } with at least one token, a function (token) => boolean, or false to let everybody in.",
    );
  }
  return oneOf(tokens.map(digestOfToken));
}

function digestOfToken(token: unknown): Buffer {
  if (typeof token !== "string" || !TOKEN.test(token)) {
    throw new ConfigurationError(
      "A token of createApp's auth is empty or has characters that no header can carry. Use printable ASCII without spaces, and look for a line break at its end.",
    );
  }
  return digest(token);
}

/** Takes the same time whichever token it is and however much of it is right. */
function oneOf(digests: readonly Buffer[]): Check {
  return (token) => {
    const given = digest(token);
    return digests.reduce((found, known) => timingSafeEqual(known, given) || found, false);
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
