/** What the sweep does with rows whose time has come (W6). */
import { isEnded } from "../../core/run.ts";
import type { Row, RowName, RunHead, RunKey } from "../../ports/store.ts";
import { isPast } from "../replay/generation-key.ts";
import type { Worker } from "../session/worker.ts";
import { stopFamilyOf } from "../stopping/closing-duties.ts";

/** Makes the run due that these rows are of, unless that goes on no more, and clears them. */
export async function takeUpRows(
  worker: Worker,
  { runId, rows }: { runId: string; rows: readonly Row[] },
): Promise<void> {
  for (const incarnation of new Set(rows.map((row) => row.incarnation))) {
    const key = { runId, incarnation };
    const own = rows.filter((row) => row.incarnation === incarnation);
    // Others are faster again and again: their writes say when to look, and the next round looks.
    if (!(await isSeenTo(worker, key, own))) continue;
    await worker.store.log.clearRows(key, own);
    const session = worker.sessions.get(runId);
    if (session?.key.incarnation === incarnation) session.rows.forget(own);
  }
}

const TRIES = 3;

/** Whether there is nothing left to look at, or the head is due. */
async function isSeenTo(
  worker: Worker,
  { runId, incarnation }: RunKey,
  rows: readonly RowName[],
): Promise<boolean> {
  const { store, clock } = worker;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const now = clock.now();
    const head = await store.runs.get(runId, now);
    if (!head) return true;
    // News that came to an earlier log of the run may be taken up in this one.
    const isOfPast = isPast(head, { incarnation });
    if (head.incarnation !== incarnation && !isOfPast) return true;
    if (isEnded(head.status)) {
      if (!isOfPast && rows.some((row) => isOfEnd(row, head))) await stopFamilyOf(worker, head);
      return true;
    }
    const { position, dueAt } = head;
    if (dueAt !== undefined && dueAt <= now) return true;
    const change = { dueAt: now, resends: 0 };
    const { ok } = await store.runs.patch(head, { position, change, readDueAt: dueAt });
    if (ok) return true;
  }
  return false;
}

/** Whether it is of the entry that ended the run. */
function isOfEnd(row: RowName, { position }: RunHead): boolean {
  return row.type === "entry" && row.position === position;
}
