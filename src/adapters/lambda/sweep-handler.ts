import { type Duration, toMillis } from "../../core/duration.ts";

export interface SweepHandlerOptions {
  /** How far ahead timers are announced: until the next sweep at least. Default 65 s. */
  horizon?: Duration | undefined;
}

/** What of an engine it calls. */
export interface SweepTarget<Answer> {
  sweep(options?: { horizonMs?: number | undefined }): Promise<Answer>;
}

/**
 * Sweeps, for a rule that fires every minute. Fails if a run could not be woken, so that an alarm on
 * the function's errors tells of it.
 *
 * @example
 * export const handler = sweepHandler(engine);
 */
export function sweepHandler<Answer>(
  engine: SweepTarget<Answer>,
  options: SweepHandlerOptions = {},
): () => Promise<Answer> {
  const horizonMs = toMillis(options.horizon ?? "65s", "horizon");
  return () => engine.sweep({ horizonMs });
}
