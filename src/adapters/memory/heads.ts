/** The heads of all runs, by run id. What comes in is copied by whoever calls; what goes out is not. */
import { isEnded } from "../../core/run.ts";
import { isOver } from "../../ports/retention.ts";
import type { HeadChange, RunHead, RunKey } from "../../ports/store.ts";

export class Heads {
  readonly #heads = new Map<string, RunHead>();

  /** The head of just this run, not of an older or younger one with the same id. */
  of(key: RunKey): RunHead | undefined {
    const head = this.#heads.get(key.runId);
    return head?.incarnation === key.incarnation ? head : undefined;
  }

  alive(runId: string, now: number): RunHead | undefined {
    const head = this.#heads.get(runId);
    return head && !isOver(head, now) ? head : undefined;
  }

  put(head: RunHead): void {
    this.#heads.set(head.runId, head);
  }

  all(): Iterable<RunHead> {
    return this.#heads.values();
  }
}

/** Whether a change decided at `position`, on a head with this `dueAt`, may still be made. */
export function mayChange(
  head: RunHead,
  position: number,
  change: HeadChange,
  readDueAt: number | undefined,
): boolean {
  if (isEnded(head.status) || head.position > position) return false;
  if (change.dueAt === undefined || head.dueAt === readDueAt) return true;
  return isNotLater(change.dueAt ?? undefined, head.dueAt);
}

/** Absent is later than any time. The same time is not later, so a repeated change is made again. */
function isNotLater(dueAt: number | undefined, stored: number | undefined): boolean {
  return (dueAt ?? Number.POSITIVE_INFINITY) <= (stored ?? Number.POSITIVE_INFINITY);
}

export function changeHead(head: RunHead, position: number, change: HeadChange): void {
  head.position = position;
  for (const [field, value] of Object.entries(change)) {
    if (value === null) Reflect.deleteProperty(head, field);
    else Reflect.set(head, field, value);
  }
  if (isEnded(head.status)) delete head.dueAt;
}
