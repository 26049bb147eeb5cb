import { useState } from "preact/hooks";
import { type Client, isEnded, type RunSummary } from "../../http/client/index.ts";
import { useSession } from "../session.tsx";
import { type Polling, usePoll } from "../use-poll.ts";

export interface Children {
  runs: readonly RunSummary[];
  /** There are more than are shown. */
  more: boolean;
}

/** What stands still is looked at less and less often. */
const LONGEST_PAUSE_MS = 10_000;

/** The first children of a run, kept up to date until it and they have ended. */
export function useChildren(
  { runId, status }: Pick<RunSummary, "runId" | "status">,
  wanted: number,
): { children: Children | undefined; polling: Polling } {
  const { client } = useSession();
  const [children, setChildren] = useState<Children>();
  const load = async (signal: AbortSignal) => {
    const found = await readChildren(client, { runId, wanted }, signal);
    const isNews = stateOf(found) !== stateOf(children);
    if (isNews) setChildren(found);
    const isOver = isEnded(status) && found.runs.every((run) => isEnded(run.status));
    return isOver ? "end" : isNews ? "news" : "same";
  };
  // As its status changes there may be other children, or none to come any more.
  const key = JSON.stringify([runId, wanted, status]);
  const polling = usePoll({ key, load, longestPauseMs: LONGEST_PAUSE_MS });
  return { children, polling };
}

async function readChildren(
  client: Client,
  { runId, wanted }: { runId: string; wanted: number },
  signal: AbortSignal,
): Promise<Children> {
  const runs: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.children(runId, { limit: wanted - runs.length, cursor, signal });
    runs.push(...page.runs);
    cursor = page.cursor;
  } while (cursor !== undefined && runs.length < wanted);
  return { runs, more: cursor !== undefined };
}

function stateOf(children: Children | undefined): string {
  const runs = children?.runs.map(({ runId, status, problem }) => [runId, status, problem?.code]);
  return JSON.stringify([runs, children?.more]);
}
