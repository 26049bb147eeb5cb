/** What must be true of every log. */
import type { Entry } from "../core/events.ts";

/** @throws Error naming every invariant that the log breaks. */
export function assertInvariants(log: readonly Entry[]): void {
  const broken = brokenInvariants(log);
  if (broken.length > 0)
    throw new Error(`The log breaks its invariants:\n- ${broken.join("\n- ")}`);
}

export function brokenInvariants(log: readonly Entry[]): string[] {
  return log.flatMap(({ position }, index) =>
    position === index ? [] : [`entry ${index} has position ${position}`],
  );
}
