import type { Clock } from "../../ports/clock.ts";

const MOST = 10_000;

/** When this process first saw things, by its clock: the last so many of them. */
export class Sightings {
  readonly #clock: Clock;
  readonly #since = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  since(name: string): number {
    const now = this.#clock.now();
    const known = this.#since.get(name);
    // A clock that was set back does not tell how long ago that was.
    if (known !== undefined && known <= now) return known;
    this.#since.set(name, now);
    for (const oldest of this.#since.keys()) {
      if (this.#since.size <= MOST) break;
      this.#since.delete(oldest);
    }
    return now;
  }
}
