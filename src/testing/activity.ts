/**
 * Knows whether an engine is doing something, or only waits: for the test, or for its clock.
 *
 * TA1. A call to the store, and a turn or sweep that begins or ends, is something done.
 * TA2. It is counted in rounds of the event loop, not in time: a busy machine must not look like a
 *      waiting step.
 * TA3. A step may do what nobody sees, such as reading a file. Where the platform tells what the
 *      process waits for, that is waited for longer, and what was waited for in vain is not again:
 *      it belongs to the test, or to what runs it.
 */
import { nextRound } from "../platform/event-loop.ts";
import { aroundStore } from "../ports/store/around.ts";
import type { Store } from "../ports/store.ts";
import { realPause } from "./event-loop.ts";

export interface Patience {
  /** For how many rounds a turn may do nothing before it counts as waiting. */
  idle: number;
  /** The same while the process waits for timers, files or sockets that may be the turn's. */
  busy: number;
}

/** Rounds that cost no time; after them, each takes a millisecond. */
const SHORT_ROUNDS = 5;

export class Activity {
  readonly #patience: Patience;
  #working = 0;
  #calls = 0;
  #done = 0;
  /** What the process waits for although nothing is at work. */
  #atRest = lasting(awaited());
  /** What it waited for when patience ran out. */
  #inVain: Awaited | undefined;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  counting(store: Store): Store {
    return aroundStore(store, ({ make }) => {
      this.#done += 1;
      this.#calls += 1;
      return make().finally(() => {
        this.#calls -= 1;
        this.#done += 1;
      });
    });
  }

  async during(promise: Promise<unknown>): Promise<void> {
    this.#working += 1;
    this.expectMore();
    try {
      await promise;
    } finally {
      this.#working -= 1;
      this.#done += 1;
      this.expectMore();
    }
  }

  /** What was waited for in vain may come now. */
  expectMore(): void {
    this.#inVain = undefined;
  }

  /** Resolves when no work is left, or when what is left waits for the test or its clock. */
  async quiet(): Promise<void> {
    let idle = 0;
    let done = this.#done;
    for (;;) {
      await (idle < SHORT_ROUNDS ? nextRound() : realPause(1));
      if (this.#working === 0 && this.#calls === 0) {
        return;
      }
      idle = done === this.#done && this.#calls === 0 ? idle + 1 : 0;
      done = this.#done;
      if (idle > SHORT_ROUNDS && this.#isWaiting(idle)) return;
    }
  }

  #isWaiting(idle: number): boolean {
    const now = awaited();
    if (now === undefined || this.#atRest === undefined) return idle >= this.#patience.idle;
    if (this.#inVain && !isMore(now, this.#inVain)) return true;
    const isBusy = isMore(now, this.#atRest);
    if (idle < (isBusy ? this.#patience.busy : this.#patience.idle)) return false;
    if (isBusy) this.#atRest = now;
    this.#inVain = now;
    return true;
  }
}

/** How many timers, files, sockets and the like keep the process alive, each kind by itself. */
type Awaited = ReadonlyMap<string, number>;

/** Nothing where the platform does not tell. */
function awaited(): Awaited | undefined {
  const kinds = globalThis.process?.getActiveResourcesInfo?.();
  if (!kinds) return undefined;
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/**
 * Timers and requests are left out because they come and go: one more of them cannot be told from
 * one instead of another.
 */
function lasting(all: Awaited | undefined): Awaited | undefined {
  return all && new Map([...all].filter(([kind]) => !/Timeout|Immediate|Req|Connect/.test(kind)));
}

function isMore(now: Awaited, than: Awaited): boolean {
  return [...now].some(([kind, count]) => count > (than.get(kind) ?? 0));
}
