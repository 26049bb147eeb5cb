import type { Session } from "./session.ts";

/** The runs this engine worked on last, so that a warm process need not read their logs again. */
export class SessionCache {
  readonly #sessions = new Map<string, Session>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(runId: string): Session | undefined {
    const session = this.#sessions.get(runId);
    if (session) {
      this.#sessions.delete(runId);
      this.#sessions.set(runId, session);
    }
    return session;
  }

  has(runId: string): boolean {
    return this.#sessions.has(runId);
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
