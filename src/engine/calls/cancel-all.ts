/**
 * Cancels every run that fits and goes on when it is called.
 *
 * CA3. Every run is asked before the first one is waited for. What keeps one from being asked, or from
 *      ending in time, keeps no other; it is thrown in the end.
 */
import { collecting } from "../../core/collecting.ts";
import type { CancelAnswer, CancelOptions, RunFilter } from "../engine.ts";
import type { Worker } from "../session/worker.ts";
import { waitMillis } from "./read-runs.ts";
import { unendedRuns } from "./unended-runs.ts";

interface Cancelling {
  ask(runId: string): Promise<CancelAnswer>;
  /** Waits so long for the run to end. @throws TimeoutError */
  ended(answer: CancelAnswer, timeoutMs: number): Promise<CancelAnswer>;
}

export async function* cancelAll(
  worker: Worker,
  { filter, how }: { filter: RunFilter; how: CancelOptions },
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
