import type { Clock } from "../ports/clock.ts";

/** The longest delay a host's timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    let timer = setTimeout(fire, Math.min(delayMs, LONGEST_TIMER_MS));
    let left = delayMs;
    function fire(): void {
      left -= LONGEST_TIMER_MS;
      if (left <= 0) callback();
      else timer = setTimeout(fire, Math.min(left, LONGEST_TIMER_MS));
    }
    return () => clearTimeout(timer);
  },
};
