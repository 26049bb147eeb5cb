import { LARGEST_PAGE } from "../../core/bounds.ts";
import type { Client, RunQuery, RunSummary } from "../../http/client/index.ts";

export interface Page {
  runs: RunSummary[];
  /** Where the list goes on, if it does. */
  cursor?: string;
}

interface Wanted {
  limit: number;
  cursor?: string | undefined;
}

/** As many runs as are wanted, in as many pages as that takes. */
export async function readRuns(
  client: Client,
  query: RunQuery & Wanted,
  signal: AbortSignal,
): Promise<Page> {
  return await readPages(query, (part) => client.listRuns({ ...query, ...part }, { signal }));
}

export async function readChildren(
  client: Client,
  { runId, ...wanted }: Wanted & { runId: string },
  signal: AbortSignal,
): Promise<Page> {
  return await readPages(wanted, (part) => client.children(runId, { ...part, signal }));
}

async function readPages(
  { limit: wanted, cursor: from }: Wanted,
  read: (part: Wanted) => Promise<Page>,
): Promise<Page> {
  const found: RunSummary[] = [];
  let cursor = from;
  do {
    const limit = Math.min(LARGEST_PAGE, wanted - found.length);
    const page = await read({ limit, cursor });
    found.push(...page.runs);
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < wanted);
  return cursor === undefined ? { runs: found } : { runs: found, cursor };
}
