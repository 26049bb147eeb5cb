/**
 * The event loop as it was when this module was loaded. Tests that replace the timers of their
 * process (`vi.useFakeTimers()`) move the time of the code they test; the test engine itself needs
 * rounds of the real loop to see whether that code is done.
 */
import { ConfigurationError } from "../core/errors.ts";

const { setImmediate, setTimeout } = globalThis;

export function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** @throws ConfigurationError when what is here are no timers of the platform. */
export function refuseFakeTimers(): void {
  // What @sinonjs/fake-timers puts in their place, which Vitest and Jest use, names its clock.
  if (!("clock" in setImmediate) && !("clock" in setTimeout)) return;
  throw new ConfigurationError(
    "The timers of this process had been replaced before detent/testing was imported, so the test engine would wait for ever. Import it first, and call useFakeTimers() in the tests; or leave out useFakeTimers(): the test engine has a clock of its own.",
  );
}
