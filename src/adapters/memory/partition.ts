/** What is kept of one run beside its head: log, tasks, done marks, and the marks of children. */
import { StoreDamagedError } from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import { asEntry } from "../../ports/shapes.ts";
import type { DueRun, EndMark, KeptEntry, RowName, RunKey, Task } from "../../ports/store.ts";

/** An entry whose events are JSON text: what is read is always a fresh copy. */
interface EntryText {
  id: string;
  at: number;
  events: string;
}

export class Partition {
  readonly #entries = new Map<number, EntryText>();
  /** When the entries are due that have a row. */
  readonly #rows = new Map<number, number>();
  readonly tasks = new Map<number, Task>();
  readonly done = new Set<number>();
  /** Of children that have ended, by command. */
  readonly ends = new Map<number, { mark: EndMark; dueAt?: number }>();
  #last = 0;

  entry(position: number): KeptEntry | undefined {
    const kept = this.#entries.get(position);
    if (!kept) return undefined;
    const { id, at, events } = kept;
    const dueAt = this.#rows.get(position);
    const row = dueAt === undefined ? {} : { dueAt };
    const entry = { position, id, at, events: JSON.parse(events), ...row };
    return asEntry(entry, `Entry ${position} of a log`);
  }

  put({ position, id, at }: Entry, events: string, dueAt?: number): void {
    this.#entries.set(position, { id, at, events });
    if (dueAt !== undefined) this.#rows.set(position, dueAt);
    this.#last = Math.max(this.#last, position);
  }

  idAt(position: number): string | undefined {
    return this.#entries.get(position)?.id;
  }

  clear(row: RowName): void {
    if (row.type === "entry") this.#rows.delete(row.position);
    else delete this.ends.get(row.command)?.dueAt;
  }

  /** The rows, as those of the run with this key. */
  *due({ runId, incarnation }: RunKey): Iterable<DueRun> {
    for (const [position, dueAt] of this.#rows) {
      yield { runId, dueAt, row: { incarnation, type: "entry", position } };
    }
    for (const [command, { dueAt }] of this.ends) {
      if (dueAt !== undefined) yield { runId, dueAt, row: { incarnation, type: "mark", command } };
    }
  }

  read(from: number, limit: number): KeptEntry[] {
    const entries: KeptEntry[] = [];
    for (let position = from; position <= this.#last && entries.length < limit; position++) {
      const entry = this.entry(position);
      if (!entry)
        throw new StoreDamagedError(
          "A log",
          `entry ${position} is missing, and a later one is not`,
        );
      entries.push(entry);
    }
    return entries;
  }
}

export class Partitions {
  readonly #partitions = new Map<string, Map<string, Partition>>();

  of({ runId, incarnation }: RunKey): Partition {
    const incarnations = this.#partitions.get(runId) ?? new Map<string, Partition>();
    const partition = incarnations.get(incarnation) ?? new Partition();
    this.#partitions.set(runId, incarnations.set(incarnation, partition));
    return partition;
  }

  /** The rows of all runs. */
  *due(): Iterable<DueRun> {
    for (const [runId, incarnations] of this.#partitions) {
      for (const [incarnation, partition] of incarnations) {
        yield* partition.due({ runId, incarnation });
      }
    }
  }
}
