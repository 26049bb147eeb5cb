/**
 * Cancels every run that fits and goes on when it is called.
 *
 * CA1. Among the runs that go on, a run keeps its place until it ends, whatever its status meanwhile;
 *      so one reading from the newest to the oldest finds each.
 * CA2. An index may be behind: what was started just before is looked for again in the end.
 * CA3. Every run is asked before the first one is waited for. What keeps one from being asked, or from
 *      ending in time, keeps no other; it is thrown in the end.
 */
import { LARGEST_PAGE } from "../../core/bounds.ts";
import { collecting } from "../../core/collecting.ts";
import type { CancelAnswer, CancelOptions, RunQuery } from "../engine.ts";
import type { Worker } from "../session/worker.ts";
import { checkQuery, listRuns, waitMillis } from "./read-runs.ts";

/** How much longer than it takes to be listed nothing takes to be listed. */
const RECENT_MS = 10_000;

interface Cancelling {
  ask(runId: string): Promise<CancelAnswer>;
  /** Waits so long for the run to end. @throws TimeoutError */
  ended(answer: CancelAnswer, timeoutMs: number): Promise<CancelAnswer>;
}

export async function* cancelAll(
  worker: Worker,
  { filter, how }: { filter: RunQuery; how: CancelOptions },
  { ask, ended }: Cancelling,
): AsyncGenerator<CancelAnswer> {
  const { clock } = worker;
  const timeoutMs = waitMillis(how);
  const failures: Error[] = [];
  const asked: { answer: CancelAnswer; until: number }[] = [];
  for await (const runId of unendedRuns(worker, filter)) {
    const answer = await collecting(failures, ask(runId));
    if (!answer) continue;
    if (how.wait) asked.push({ answer, until: clock.now() + timeoutMs });
    else yield answer;
  }
  for (const { answer, until } of asked) {
    const left = Math.max(0, until - clock.now());
    const last = await collecting(failures, ended(answer, left));
    if (last) yield last;
  }
  if (failures[0]) throw failures[0];
}

/** The ids of the runs that fit and have not ended, each once. */
async function* unendedRuns(worker: Worker, filter: RunQuery): AsyncGenerator<string> {
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
