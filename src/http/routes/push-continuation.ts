import { ConfigurationError, DetentError, WorkflowNotFoundError } from "../../core/errors.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { continuationSchema, readContinuation } from "../../ports/continuation.ts";
import { readBytes } from "../body.ts";
import { ERROR_STATUS, isErrorCode } from "../error-status.ts";
import { answerError, HttpError } from "../errors.ts";
import { CONTINUATIONS_PATH, SIGNATURE_HEADER } from "../protocol/continuations.ts";
import { checkSignature } from "../signature.ts";
import { bareRoute } from "./route.ts";

/**
 * Where continuations are pushed to. Answered after the turn: 204 when it is done, 503 when it has
 * to be pushed again, 421 when that should come to another engine, which knows the version of the
 * run. Needs no token: the signature over the unparsed body is the proof.
 */
export const pushContinuation = bareRoute({
  id: "pushContinuation",
  method: "post",
  path: CONTINUATIONS_PATH,
  summary: "Take the next turn of a run",
  access: "signed",
  body: continuationSchema,
  answers: { 204: { description: "The turn is done." } },
  fails: [421, 503],
  handler({ engine, logger, bodyLimit, continuations }) {
    const secrets = secretsOf(continuations?.secret);
    const windowMs = continuations?.windowMs ?? 0;
    return async (c) => {
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
    };
  },
});

/** @throws ConfigurationError for a secret that is none. */
function secretsOf(secret: unknown): string[] {
  const secrets: unknown[] = Array.isArray(secret) ? secret : [secret];
  const isSecret = (each: unknown): each is string => typeof each === "string" && each !== "";
  if (secrets.length > 0 && secrets.every(isSecret)) return secrets;
  throw new ConfigurationError(
    "The continuationSecret of createApp must be the secret that createHttpScheduler signs with: text that is not empty, or a list of such.",
  );
}

/**
 * The error of a failed turn, as one after which the same continuation may succeed later or
 * elsewhere.
 */
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
