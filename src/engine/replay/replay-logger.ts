import type { Logger } from "../../ports/logger.ts";

/** The logger of workflow code: silent about what it has said at an earlier replay. */
export function replayLogger(logger: Logger, isNew: () => boolean): Logger {
  return {
    debug: (message, fields) => void (isNew() && logger.debug(message, fields)),
    info: (message, fields) => void (isNew() && logger.info(message, fields)),
    warn: (message, fields) => void (isNew() && logger.warn(message, fields)),
    error: (message, fields) => void (isNew() && logger.error(message, fields)),
    child: (fields) => replayLogger(logger.child(fields), isNew),
  };
}
