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
  /** All of the log of its generation, as far as it is known. */
  events: readonly RunEvent[];
}

interface Log {
  /** Nothing as long as it is not known which one the run is in. */
  generation: number | undefined;
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
  const [generation, setGeneration] = useState<number>();
  const [missing, setMissing] = useState(false);
  const update = async (signal: AbortSignal) => {
    const known = loaded?.events ?? [];
    const [run, log] = await Promise.all([
      client.getRun(runId, { signal }),
      goOn(client, runId, { generation, events: known }, signal),
    ]);
    const { events } = log;
    setGeneration(log.generation);
    const changed = JSON.stringify(stateOf(run)) !== JSON.stringify(stateOf(loaded?.run));
    setLoaded({ run, events });
    // The record may have been read before the log's last event.
    if (isEnded(run.status) && isLast(events.at(-1))) return "end";
    return changed || events !== known ? "news" : "same";
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

/** A log as it is now; where it has ended and its run has not, that in which the run goes on. */
async function goOn(client: Client, runId: string, known: Log, signal: AbortSignal): Promise<Log> {
  const { generation, events: news } = await readLog(client, runId, {
    generation: known.generation,
    after: known.events.at(-1)?.seq,
    signal,
  });
  const events = news.length === 0 ? known.events : [...known.events, ...news];
  if (events.at(-1)?.type !== "workflow.continued") return { generation, events };
  return await readLog(client, runId, { signal });
}

/** All that follows in the log of a generation, by default of the one in which the run is. */
export async function readLog(
  client: Client,
  runId: string,
  {
    signal,
    ...from
  }: { generation?: number | undefined; after?: number | undefined; signal: AbortSignal },
): Promise<Log> {
  const events: RunEvent[] = [];
  let { generation, after } = from;
  for (;;) {
    const page = await client.getEvents(runId, { generation, after, signal });
    events.push(...page.events);
    generation = page.generation;
    after = events.at(-1)?.seq ?? after;
    if (!page.more) return { generation, events };
  }
}

function stateOf(run: Run | undefined): unknown {
  return [run?.status, run?.pause, run?.cancellation, run?.problem];
}

function isLast(event: RunEvent | undefined): boolean {
  return event !== undefined && /^workflow\.(?!started|continued)/.test(event.type);
}
