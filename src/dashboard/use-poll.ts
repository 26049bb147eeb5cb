import { useEffect, useRef, useState } from "preact/hooks";
import { createPoller, type Poller, type PollerOptions, type PollState } from "./poller.ts";
import { isRefused, useSession } from "./session.tsx";

export interface Polling extends PollState {
  paused: boolean;
  setPaused(paused: boolean): void;
  refresh(): void;
}

interface PollOptions extends Pick<PollerOptions, "load" | "longestPauseMs"> {
  /** What is loaded: with another key it starts over. */
  key: string;
}

/** Loads again and again, as long as somebody looks. */
export function usePoll({ key, load, longestPauseMs }: PollOptions): Polling {
  const session = useSession();
  const [state, setState] = useState<PollState>({ loading: true, ended: false });
  const [paused, setPaused] = useState(false);
  const poller = useRef<Poller | undefined>(undefined);
  const latest = useRef(load);
  latest.current = load;
  const isPaused = useRef(paused);
  isPaused.current = paused;

  useEffect(() => {
    const started = createPoller({
      load: (signal) => latest.current(signal),
      onState(next) {
        if (isRefused(next.error))
          session.leave("Your token is no longer accepted. Sign in again.");
        else setState(next);
      },
      longestPauseMs,
      isVisible: () => !document.hidden && !isPaused.current,
    });
    poller.current = started;
    const onVisibility = () => started.visibilityChanged();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      started.stop();
    };
  }, [key, session, longestPauseMs]);
  useEffect(() => poller.current?.visibilityChanged(), [paused]);

  return { ...state, paused, setPaused, refresh: () => poller.current?.refresh() };
}
