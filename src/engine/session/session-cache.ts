import { type Clock, hasPassed } from "../../ports/clock.ts";
import type { Loaded, Session } from "./session.ts";

const LONGEST_TRUST_MS = 600_000;

/**
 * The runs this engine worked on last, so that a warm process need not read their logs again.
 *
 * What has ended, or was last known to go on longer ago than retention, is read anew: by now its log
 * may have been deleted, and a younger run may have its id.
 */
export class SessionCache {
  readonly #sessions = new Map<string, Session>();
  readonly #loading = new Map<string, Promise<Loaded>>();
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #trustMs: number;

  constructor(limit: number, clock: Clock, retentionMs: number) {
    this.#limit = limit;
    this.#clock = clock;
    this.#trustMs = Math.min(LONGEST_TRUST_MS, retentionMs);
  }

  get(runId: string): Session | undefined {
    const session = this.#sessions.get(runId);
    if (!session) return undefined;
    this.#sessions.delete(runId);
    if (session.retired) return undefined;
    const isOld = hasPassed(this.#clock, session.knownAt, this.#trustMs);
    const isFresh = !isOld && !session.state.ended;
    if (!session.busy && !isFresh) return undefined;
    this.#sessions.set(runId, session);
    return session;
  }

  /** Of one run, one session at a time is loaded, and kept. */
  async load(runId: string, load: () => Promise<Loaded>): Promise<Loaded> {
    const loading = this.#loading.get(runId) ?? this.#kept(runId, load);
    this.#loading.set(runId, loading);
    return await loading.finally(() => this.#loading.delete(runId));
  }

  async #kept(runId: string, load: () => Promise<Loaded>): Promise<Loaded> {
    const loaded = await load();
    if (loaded.session) this.put(runId, loaded.session);
    return loaded;
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
}
