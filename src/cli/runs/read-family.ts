/** A run with its children, theirs, and so on. */
import { inParallel } from "../../core/in-parallel.ts";
import type { Client, RunSummary } from "../../http/client/index.ts";
import { readChildren } from "./read-runs.ts";

export interface Family extends RunSummary {
  children: Family[];
  /** Whether it has children, or may have, that are not among these. */
  more?: true;
}

interface Bounds {
  /** How many levels of children. */
  depth: number;
  /** How many children of one run. */
  limit: number;
}

/** More runs than anybody reads. */
const MOST_RUNS = 2_000;

/** Level by level, so that of a large family the upper ones are whole. */
export async function readFamily(
  client: Client,
  { runId, depth, limit }: Bounds & { runId: string },
  signal: AbortSignal,
): Promise<Family> {
  const { input: _, output: __, ...own } = await client.getRun(runId, { signal });
  const root = member(own);
  let level = [root];
  let count = 1;
  for (let left = depth; left > 0 && level.length > 0; left--) {
    const next = await inParallel(level, async (parent) => {
      if (count >= MOST_RUNS) {
        parent.more = true;
        return [];
      }
      const page = await readChildren(client, { runId: parent.runId, limit }, signal);
      count += page.runs.length;
      parent.children = page.runs.map(member);
      if (page.cursor !== undefined) parent.more = true;
      return parent.children;
    });
    level = next.flat();
  }
  return root;
}

function member(run: RunSummary): Family {
  return { ...run, children: [] };
}
