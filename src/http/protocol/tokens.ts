/** A bearer token, as a request shows it. */

const BEARER = /^bearer +(\S+)$/i;
/** What an `Authorization` header can carry. */
const TOKEN = /^[\x21-\x7e]+$/;

export function isToken(value: unknown): value is string {
  return typeof value === "string" && TOKEN.test(value);
}

/** What is said of a text that is no token. */
export const NO_TOKEN =
  "is empty or has characters that no header can carry. Use printable ASCII without spaces, and look for a line break at its end.";

export function authorizationOf(token: string): string {
  return `Bearer ${token}`;
}

/** The token that the header shows, if it shows one. */
export function tokenIn(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization?.trim() ?? "")?.[1];
}
