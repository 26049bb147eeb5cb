/** The heads of all runs, by run id. What comes in is copied by whoever calls; what goes out is not. */
import { StoreDamagedError } from "../../core/errors.ts";
import { isEnded, RUN_STATUSES } from "../../core/run.ts";
import { fitsInHead } from "../../ports/limits.ts";
import { isOver } from "../../ports/retention.ts";
import { asHead, salvage } from "../../ports/shapes.ts";
import type {
  DamagedRun,
  HeadChange,
  HeadPatch,
  RunHead,
  RunKey,
  StartedHead,
} from "../../ports/store.ts";
import { copy } from "./copy.ts";
import type { Partitions } from "./partition.ts";

export class Heads {
  readonly #heads = new Map<string, RunHead>();
  /** What was wrong with those that were set aside. */
  readonly damage = new Map<string, string>();

  /** The head of just this run, not of an older or younger one with the same id. */
  of(key: RunKey): RunHead | undefined {
    const head = this.#heads.get(key.runId);
    return head?.incarnation === key.incarnation ? head : undefined;
  }

  alive(runId: string, now: number): RunHead | undefined {
    const head = this.#heads.get(runId);
    return head && !isOver(head, now) ? head : undefined;
  }

  get(runId: string): RunHead | undefined {
    return this.#heads.get(runId);
  }

  put(head: RunHead): void {
    this.#heads.set(head.runId, head);
    this.damage.delete(head.runId);
  }

  all(): Iterable<RunHead> {
    return this.#heads.values();
  }
}

/** Keeps the head of a run that begins; a start that is not small stands in the log alone. */
export function putHead(heads: Heads, partitions: Partitions, head: StartedHead): void {
  const { start, ...rest } = head;
  const isSmall = fitsInHead(start);
  if (!isSmall) partitions.of(head).put(start, JSON.stringify(start.events));
  heads.put(copy(isSmall ? head : rest));
}

/** A copy of a head as it stands. @throws StoreDamagedError */
export function readHead(head: RunHead): RunHead {
  return asHead(copy(head), `The head of run "${head.runId}"`);
}

export function readOrSalvage(head: RunHead): RunHead | DamagedRun {
  try {
    return readHead(head);
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    const { runId, createdAt } = head;
    return salvage({ ...copy(head) }, { runId, createdAt, status: "running" }, error);
  }
}

/** Whether its status is known, and none of an ended run. */
export function isActive({ status }: RunHead): boolean {
  return RUN_STATUSES.includes(status) && !isEnded(status);
}

/** Whether a change that was decided of an older head may still be made (S8, S9). */
export function mayChange(head: RunHead, { position, change, readDueAt }: HeadPatch): boolean {
  if (!isActive(head) || head.position > position) return false;
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
