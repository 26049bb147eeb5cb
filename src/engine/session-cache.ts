import type { Clock } from "../ports/clock.ts";
import type { Session } from "./session.ts";

/**
 * What was not used for this long is read anew: by then its log may have been deleted, and a younger
 * run may have its id.
 */
const LONGEST_IDLE_MS = 600_000;

/** The runs this engine worked on last, so that a warm process need not read their logs again. */
export class SessionCache {
  readonly #sessions = new Map<string, Session>();
  readonly #limit: number;
  readonly #clock: Clock;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  get(runId: string): Session | undefined {
    const session = this.#sessions.get(runId);
    if (!session) return undefined;
    this.#sessions.delete(runId);
    const isFresh = this.#clock.now() - session.usedAt < LONGEST_IDLE_MS;
    if (!session.busy && !isFresh) return undefined;
    this.#sessions.set(runId, session);
    return session;
  }

  put(runId: string, session: Session): void {
    this.#sessions.set(runId, session);
    if (this.#sessions.size <= this.#limit) return;
    for (const [oldest, { busy }] of this.#sessions) {
      if (busy) continue;
      this.#sessions.delete(oldest);
      return;
    }
  }

  drop(runId: string, session: Session): void {
    if (this.#sessions.get(runId) === session) this.#sessions.delete(runId);
  }
}
