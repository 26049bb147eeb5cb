/**
 * The tokens that the API lets in, read from their secret at run time, so that they stand in no
 * configuration.
 *
 * K1. They are read when a request first needs them, kept for `KEPT_MS`, and then read again.
 * K2. A token that is not among them has them read again, at most once in `ASK_AGAIN_MS`: a new one
 *     is good at once, and guesses cost little.
 * K3. Where they cannot be read again, those that are known stay good.
 */

import { isOneOf } from "../src/http/token-digests.ts";
import { ConfigurationError } from "../src/index.ts";
import { loggedError } from "../src/platform/logged-error.ts";
import { systemClock } from "../src/platform/system-clock.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { Logger } from "../src/ports/logger.ts";

export interface SecretTokensOptions {
  /** Reads the text of the secret: tokens separated by commas or white space. */
  read(): Promise<string>;
  logger: Logger;
  clock?: Clock | undefined;
}

type IsKnown = (token: string) => boolean;

const KEPT_MS = 300_000;
const ASK_AGAIN_MS = 10_000;

/** Tells whether a token is let in. @throws what `read` throws, as long as no token is known. */
export function createSecretTokens(
  options: SecretTokensOptions,
): (token: string) => Promise<boolean> {
  const { read, logger, clock = systemClock } = options;
  let known: IsKnown | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<IsKnown> | undefined;

  const ask = async (): Promise<IsKnown> => {
    askedAt = clock.now();
    try {
      known = isOneOf(tokensIn(await read()));
    } catch (error) {
      if (!known) throw error;
      logger.warn("The tokens could not be read again; those that are known stay good", {
        error: loggedError(error),
      });
    }
    return known;
  };
  const refresh = (): Promise<IsKnown> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const isOlderThan = (ms: number): boolean => clock.now() - askedAt >= ms;

  return async (token) => {
    const isKnown = known && !isOlderThan(KEPT_MS) ? known : await refresh();
    if (isKnown(token)) return true;
    return isOlderThan(ASK_AGAIN_MS) && (await refresh())(token);
  };
}

/** @throws ConfigurationError if there is none. */
function tokensIn(text: string): string[] {
  const tokens = text.split(/[\s,]+/).filter((token) => token !== "");
  if (tokens.length > 0) return tokens;
  throw new ConfigurationError(
    "The secret that DETENT_TOKEN_SECRET names holds no token. Put one into it, or several separated by commas.",
  );
}
