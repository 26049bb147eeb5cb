/**
 * How a continuation shows that it comes from somebody who knows the secret.
 *
 * H1. The header is `t=<time>,v1=<signature>`: milliseconds since the epoch, and the HMAC-SHA-256 of
 *     the time, a full stop and the body's bytes, in hex.
 * H2. The time is when the continuation is due, so a delay does not make it old. It is accepted for
 *     one window before and after it; what a queue hands in later is left to the sweep.
 * H3. Signatures are compared in constant time, with every secret: two of them allow for a change.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { HttpError } from "./errors.ts";
import { SIGNATURE_HEADER } from "./protocol/continuations.ts";

const SIGNATURE = /^t=(\d{1,16}),v1=([0-9a-f]{64})$/;

export function sign(secret: string, body: string | Uint8Array, time: number): string {
  return `t=${time},v1=${hmac(secret, body, String(time)).toString("hex")}`;
}

/** @returns when it is due. @throws HttpError unless one of the secrets signed this body for about now. */
export function checkSignature(
  header: string | undefined,
  body: Uint8Array,
  { secrets, windowMs, now }: { secrets: readonly string[]; windowMs: number; now: number },
): number {
  const [, time = "", signature = ""] = SIGNATURE.exec(header ?? "") ?? [];
  const given = Buffer.from(signature, "hex");
  const isKnown = secrets
    .map((secret) => hmac(secret, body, time))
    .reduce((found, made) => isSame(made, given) || found, false);
  if (!isKnown) {
    throw new HttpError(
      "signature.invalid",
      `The header ${SIGNATURE_HEADER} is missing or wrong. Send what createHttpScheduler made with the secret of this app, and the body unchanged.`,
    );
  }
  if (Math.abs(now - Number(time)) > windowMs) {
    throw new HttpError(
      "signature.expired",
      "The signature is too old or from the future. Check the clocks, and how long the queue keeps what it delivers.",
    );
  }
  return Number(time);
}

function hmac(secret: string, body: string | Uint8Array, time: string): Buffer {
  return createHmac("sha256", secret).update(`${time}.`).update(body).digest();
}

function isSame(made: Buffer, given: Buffer): boolean {
  return made.length === given.length && timingSafeEqual(made, given);
}
