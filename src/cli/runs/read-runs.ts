import { LARGEST_PAGE } from "../../core/bounds.ts";
import type { Client, RunQuery, RunSummary } from "../../http/client/index.ts";

export interface Page {
  runs: RunSummary[];
  /** Where the list goes on, if it does. */
  cursor?: string;
}

/** As many runs as are wanted, in as many pages as that takes. */
export async function readRuns(
  client: Client,
  query: RunQuery & { limit: number },
  signal: AbortSignal,
): Promise<Page> {
  const found: RunSummary[] = [];
  let { cursor } = query;
  do {
    const limit = Math.min(LARGEST_PAGE, query.limit - found.length);
    const page = await client.listRuns({ ...query, limit, cursor }, { signal });
    found.push(...page.runs);
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < query.limit);
  return cursor === undefined ? { runs: found } : { runs: found, cursor };
}
