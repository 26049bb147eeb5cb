/**
 * Loads something again and again.
 *
 * DP1. The next load begins a pause after the last one ended: a short one after news, and each one
 *      without news lengthens it, up to a bound. After a failure it doubles instead. A refresh begins
 *      anew, and one that comes while something is loaded loads once more right after it.
 * DP2. Nothing is loaded while nobody looks; when somebody does again, at once.
 * DP3. One load at a time. What is loaded when the poller stops is given up.
 */
export interface PollerOptions {
  /** Whether it brought news, or nothing more is to come. */
  load(signal: AbortSignal): Promise<"news" | "same" | "end">;
  /** Told before and after each load. */
  onState(state: PollState): void;
  isVisible(): boolean;
  /** How long the pause becomes without news. */
  longestPauseMs: number;
}

export interface PollState {
  loading: boolean;
  /** Why the last load failed. */
  error?: unknown;
  /** When the next load begins by itself, after a failure. */
  retryAt?: number;
  ended: boolean;
}

export interface Poller {
  /** Something has changed: loads it. */
  refresh(): void;
  /** To be called when somebody looks again, or no longer. */
  visibilityChanged(): void;
  stop(): void;
}

const SHORTEST_PAUSE_MS = 1000;
const GROWTH = 1.5;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

export function createPoller(options: PollerOptions): Poller {
  const { load, onState, isVisible, longestPauseMs } = options;
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let loading = false;
  let ended = false;
  let isStale = false;
  let pause = SHORTEST_PAUSE_MS;
  let retry = FIRST_RETRY_MS;

  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (!stopped.signal.aborted && isVisible()) timer = setTimeout(run, ms);
  };

  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (loading || stopped.signal.aborted) return;
    loading = true;
    isStale = false;
    onState({ loading, ended });
    try {
      const outcome = await load(stopped.signal);
      loading = false;
      retry = FIRST_RETRY_MS;
      pause = outcome === "news" ? SHORTEST_PAUSE_MS : Math.min(longestPauseMs, pause * GROWTH);
      ended = outcome === "end";
      if (!stopped.signal.aborted) onState({ loading, ended });
      if (!ended) schedule(isStale ? 0 : pause);
    } catch (error) {
      loading = false;
      if (stopped.signal.aborted) return;
      onState({ loading, ended, error, retryAt: Date.now() + retry });
      schedule(retry);
      retry = Math.min(LONGEST_RETRY_MS, retry * 2);
    }
  };

  void run();
  return {
    refresh() {
      pause = SHORTEST_PAUSE_MS;
      isStale = loading;
      void run();
    },
    visibilityChanged() {
      if (!isVisible()) clearTimeout(timer);
      else if (!ended) void run();
    },
    stop() {
      clearTimeout(timer);
      stopped.abort();
    },
  };
}
