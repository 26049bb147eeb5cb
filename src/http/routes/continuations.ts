import { Hono } from "hono";
import { ConfigurationError, DetentError, WorkflowNotFoundError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { systemClock } from "../../ports/clock.ts";
import { readContinuation } from "../../ports/continuation.ts";
import type { Logger } from "../../ports/logger.ts";
import { readBytes } from "../body.ts";
import { ERROR_STATUS, isErrorCode } from "../error-status.ts";
import { answerError, HttpError } from "../errors.ts";
import { checkSignature, SIGNATURE_HEADER } from "../signature.ts";

export interface ContinuationOptions {
  /** Several while one replaces the other; any of them is accepted. */
  secret: string | readonly string[];
  /** For how long before and after its time a signature is accepted, in milliseconds. */
  windowMs: number;
  /** How many bytes a body may have. */
  bodyLimit: number;
  logger: Logger;
}

/**
 * Where continuations are pushed to. Answered after the turn: 204 when it is done, 503 when it has
 * to be pushed again, 421 when that should come to another engine, which knows the version of the
 * run. Needs no token: the signature over the unparsed body is the proof.
 *
 * @throws ConfigurationError for a secret that is none.
 */
export function continuationRoutes(engine: Engine, options: ContinuationOptions): Hono {
  const { windowMs, bodyLimit, logger } = options;
  const secrets = secretsOf(options.secret);
  return new Hono().post("/", async (c) => {
    const bytes = await readBytes(c, bodyLimit);
    const now = systemClock.now();
    const header = c.req.header(SIGNATURE_HEADER);
    const dueAt = checkSignature(header, bytes, { secrets, windowMs, now });
    const continuation = readContinuation(new TextDecoder().decode(bytes));
    try {
      await engine.turn(continuation, { handBack: true, dueAt });
    } catch (error) {
      const { runId } = continuation;
      return answerError(c, asPassing(error), logger.child({ runId }));
    }
    return c.body(null, 204);
  });
}

function secretsOf(secret: unknown): string[] {
  const secrets: unknown[] = Array.isArray(secret) ? secret : [secret];
  const isSecret = (each: unknown): each is string => typeof each === "string" && each !== "";
  if (secrets.length > 0 && secrets.every(isSecret)) return secrets;
  throw new ConfigurationError(
    "The continuationSecret of createApp must be the secret that createHttpScheduler signs with: text that is not empty, or a list of such.",
  );
}

/** Whatever made a turn fail, the same continuation may succeed later, or elsewhere. */
function asPassing(error: unknown): DetentError {
  if (error instanceof WorkflowNotFoundError) {
    const message = `${error.message} Send the continuation again after a pause: another engine may know it.`;
    return new HttpError("turn.misdirected", message, {}, { cause: error });
  }
  if (error instanceof DetentError && isErrorCode(error.code) && ERROR_STATUS[error.code] === 503) {
    return error;
  }
  const message = "The turn failed. It has been logged; send the continuation again after a pause.";
  return new HttpError("turn.failed", message, {}, { cause: error });
}
