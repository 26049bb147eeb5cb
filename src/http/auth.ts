/** Who may call: a bearer token is asked for unless that was turned off in so many words. */
import type { MiddlewareHandler } from "hono";
import { ConfigurationError } from "../core/errors.ts";
import { HttpError } from "./errors.ts";
import { isToken, NO_TOKEN, tokenIn } from "./protocol/tokens.ts";
import { isOneOf } from "./token-digests.ts";

/** The tokens that are let in, a function that tells whether one is, or `false` for everybody. */
export type Auth =
  | { tokens: readonly string[] }
  | ((token: string) => boolean | Promise<boolean>)
  | false;

type Check = (token: string) => boolean | Promise<boolean>;

const CHALLENGE = { "WWW-Authenticate": "Bearer" };

/** @throws ConfigurationError when it is not said who may call. */
export function requireToken(auth: Auth): MiddlewareHandler {
  const check = checkOf(auth);
  return async (c, next) => {
    if (check !== undefined) {
      const token = tokenIn(c.req.header("Authorization"));
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
  return isOneOf(tokens.map(checked));
}

function checked(token: unknown): string {
  if (isToken(token)) return token;
  throw new ConfigurationError(`A token of createApp's auth ${NO_TOKEN}`);
}
