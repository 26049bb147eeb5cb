/**
 * The runs that fit a filter and go on when they are asked for.
 *
 * CA1. Among the runs that go on, a run keeps its place until it ends, whatever its status meanwhile;
 *      so one reading from the newest to the oldest finds each.
 * CA2. An index may be behind: what was started just before is looked for again in the end.
 */
import { LARGEST_PAGE } from "../../core/bounds.ts";
import { collecting } from "../../core/collecting.ts";
import type { RunFilter } from "../engine.ts";
import type { Worker } from "../session/worker.ts";
import { checkQuery, listRuns } from "./read-runs.ts";

/** How much longer than it takes to be listed nothing takes to be listed. */
const RECENT_MS = 10_000;

/** Asks something of each; what keeps one from being asked keeps no other, and is thrown in the end. */
export async function* askAll<Answer>(
  worker: Worker,
  filter: RunFilter,
  ask: (runId: string) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const failures: Error[] = [];
  for await (const runId of unendedRuns(worker, filter)) {
    const answer = await collecting(failures, ask(runId));
    if (answer) yield answer;
  }
  if (failures[0]) throw failures[0];
}

/** The ids of the runs that fit and have not ended, each once. */
export async function* unendedRuns(worker: Worker, filter: RunFilter): AsyncGenerator<string> {
  checkQuery(filter);
  const { createdAfter } = filter;
  const recent = new Date(worker.clock.now() - RECENT_MS);
  const seen = new Set<string>();
  for (const since of [
    createdAfter,
    createdAfter && createdAfter > recent ? createdAfter : recent,
  ]) {
    let cursor: string | undefined;
    do {
      const query = { ...filter, ended: false, createdAfter: since, limit: LARGEST_PAGE, cursor };
      const page = await listRuns(worker, query);
      for (const { runId, createdAt } of page.runs) {
        if (seen.has(runId)) continue;
        if (createdAt > recent) seen.add(runId);
        yield runId;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}
