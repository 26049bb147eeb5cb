import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Logger } from "../../ports/logger.ts";

/**
 * A logger whose lines also carry the `trace_id` and `span_id` of the span they are written in: in a
 * step, that of its attempt.
 *
 * @example
 * const engine = createEngine({ …, logger: withTraceIds(createJsonLogger()) });
 */
export function withTraceIds(logger: Logger): Logger {
  return {
    debug: (message, fields) => logger.debug(message, { ...fields, ...idsHere() }),
    info: (message, fields) => logger.info(message, { ...fields, ...idsHere() }),
    warn: (message, fields) => logger.warn(message, { ...fields, ...idsHere() }),
    error: (message, fields) => logger.error(message, { ...fields, ...idsHere() }),
    child: (fields) => withTraceIds(logger.child(fields)),
  };
}

function idsHere(): Record<string, string> {
  const here = trace.getActiveSpan()?.spanContext();
  return here && isSpanContextValid(here) ? { trace_id: here.traceId, span_id: here.spanId } : {};
}
