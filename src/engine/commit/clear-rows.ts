/**
 * When rows are cleared: what brought a run news from outside is due by itself, so that it need not
 * change the head.
 *
 * RW1. Rows look after a run from their news on until it rests. So a run that they wake goes on without
 *      a change of its head's `dueAt`, which stands where it rests again.
 * RW2. They are cleared once the head shows that rest. Where it cannot be written, as another has done so
 *      at a later position, they are left to that one, who has read of them in the log, or to the sweep.
 *      The row of a mark is in no log: where another session goes on, it is the sweep's.
 * RW3. Until then one row is enough, the newest.
 */
import type { Next } from "../../core/decide/decision.ts";
import type { RunState } from "../../core/run-state.ts";
import { loggedError } from "../../platform/logged-error.ts";
import type { RowName } from "../../ports/store.ts";
import type { Session } from "../session/session.ts";

/** Whether nothing is to be done before a time comes, or somebody outside answers. */
function rests(next: Next): boolean {
  return next.type === "wait" && !next.busy;
}

/** How a run stands after an entry. */
interface Stand {
  next: Next;
  state: RunState;
  /** Whether its head shows that. */
  isShown: boolean;
}

export async function clearRows(session: Session, { next, state, isShown }: Stand): Promise<void> {
  const rows = session.rows.before(state.position);
  await clear(session, rests(next) && isShown ? rows : rows.slice(0, -1));
}

/** Of a run that has ended, with the entry at this position. What fails here is the sweep's. */
export async function clearAtEnd(session: Session, position: number): Promise<void> {
  try {
    await clear(session, session.rows.before(position));
  } catch (error) {
    warnOfRows(session, error);
  }
}

/** The same of the marks of children that its last entry has told of, or nobody waits for. */
export async function clearMarksAtEnd(session: Session): Promise<void> {
  try {
    const rows = session.rows.before(session.state.position);
    await clear(
      session,
      rows.filter(({ type }) => type === "mark"),
    );
  } catch (error) {
    warnOfRows(session, error);
  }
}

function warnOfRows({ key: { runId }, services: { logger } }: Session, error: unknown): void {
  const message = "The rows of an ended run could not be cleared; the sweep does so";
  logger.warn(message, { runId, error: loggedError(error) });
}

async function clear(session: Session, rows: readonly RowName[]): Promise<void> {
  if (rows.length === 0) return;
  const { log, children } = session.services.store;
  const marks = rows.flatMap((row) => (row.type === "mark" ? row.command : []));
  if (marks.length > 0) await children.clearEndMarks(session.key, marks);
  const others = rows.filter(({ type }) => type !== "mark");
  if (others.length > 0) await log.clearRows(session.key, others);
  session.rows.forget(rows);
}
