import { useState } from "preact/hooks";
import {
  type Client,
  isEnded,
  type Run,
  type RunEvent,
  RunNotFoundError,
} from "../../http/client/index.ts";
import { useSession } from "../session.tsx";
import { type Polling, usePoll } from "../use-poll.ts";

export interface LoadedRun {
  run: Run;
  /** All of its log, as far as it is known. */
  events: readonly RunEvent[];
}

/** Clean-up that is waited for is told of soon. */
const LONGEST_PAUSE_MS = 4000;

interface RunState {
  /** Nothing as long as it loads. */
  loaded: LoadedRun | undefined;
  /** There is no such run. */
  missing: boolean;
  polling: Polling;
}

/** The run and its log, kept up to date until it has ended. */
export function useRun(runId: string): RunState {
  const { client } = useSession();
  const [loaded, setLoaded] = useState<LoadedRun>();
  const [missing, setMissing] = useState(false);
  const update = async (signal: AbortSignal) => {
    const known = loaded?.events ?? [];
    const [run, news] = await Promise.all([
      client.getRun(runId, { signal }),
      eventsAfter(client, runId, known.at(-1)?.seq, signal),
    ]);
    const events = news.length === 0 ? known : [...known, ...news];
    const changed = JSON.stringify(stateOf(run)) !== JSON.stringify(stateOf(loaded?.run));
    setLoaded({ run, events });
    // The record may have been read before the log's last event.
    if (isEnded(run.status) && isLast(events.at(-1))) return "end";
    return changed || news.length > 0 ? "news" : "same";
  };
  const load = (signal: AbortSignal) =>
    update(signal).catch((error: unknown) => {
      if (!(error instanceof RunNotFoundError)) throw error;
      setMissing(true);
      return "end" as const;
    });
  const polling = usePoll({ key: runId, load, longestPauseMs: LONGEST_PAUSE_MS });
  return { loaded, missing, polling };
}

async function eventsAfter(
  client: Client,
  runId: string,
  seq: number | undefined,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const news: RunEvent[] = [];
  for (;;) {
    const after = news.at(-1)?.seq ?? seq;
    const { events, more } = await client.getEvents(runId, { after, signal });
    news.push(...events);
    if (!more) return news;
  }
}

function stateOf(run: Run | undefined): unknown {
  return [run?.status, run?.pause, run?.cancellation, run?.problem];
}

function isLast(event: RunEvent | undefined): boolean {
  return event !== undefined && /^workflow\.(?!started)/.test(event.type);
}
