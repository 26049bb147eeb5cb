import type { RunHead } from "../../ports/store.ts";

/** Asks for the end of a run until it has ended, or until nobody waits any more. */
export type Poll = (over: AbortSignal) => Promise<RunHead | undefined>;

interface Watch {
  ended: Promise<RunHead>;
  tell(ended: RunHead): void;
  over: AbortController;
  waiting: number;
}

/**
 * Who waits in this process for runs to end. However many wait for one, it is polled once; and they
 * are told at once when this engine ends it.
 */
export class EndWaiters {
  readonly #watches = new Map<string, Watch>();

  /** @param poll is begun for the first who waits. */
  join(runId: string, poll: Poll): { ended: Promise<RunHead>; leave(): void } {
    const watch = this.#watches.get(runId) ?? this.#begin(runId, poll);
    watch.waiting += 1;
    return {
      ended: watch.ended,
      leave: () => {
        watch.waiting -= 1;
        if (watch.waiting === 0) this.#end(runId, watch);
      },
    };
  }

  tell(ended: RunHead): void {
    const watch = this.#watches.get(ended.runId);
    watch?.tell(ended);
  }

  #begin(runId: string, poll: Poll): Watch {
    const over = new AbortController();
    let tell = (_ended: RunHead): void => {};
    const ended = new Promise<RunHead>((resolve, reject) => {
      tell = resolve;
      poll(over.signal).then((found) => found && resolve(found), reject);
    });
    const watch = { ended, tell, over, waiting: 0 };
    this.#watches.set(runId, watch);
    // Whoever waits later asks anew: there may be another run with this id by then.
    const end = (): void => this.#end(runId, watch);
    ended.then(end, end);
    return watch;
  }

  #end(runId: string, watch: Watch): void {
    watch.over.abort();
    if (this.#watches.get(runId) === watch) this.#watches.delete(runId);
  }
}
