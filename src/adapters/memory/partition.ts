/** What is kept of one run beside its head: log, tasks and done marks. */
import { StoreDamagedError } from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import { asEntry } from "../../ports/shapes.ts";
import type { RunKey, Task } from "../../ports/store.ts";

/** An entry whose events are JSON text: what is read is always a fresh copy. */
interface KeptEntry {
  id: string;
  at: number;
  events: string;
}

export class Partition {
  readonly #entries = new Map<number, KeptEntry>();
  readonly tasks = new Map<number, Task>();
  readonly done = new Set<number>();
  #last = 0;

  entry(position: number): Entry | undefined {
    const kept = this.#entries.get(position);
    if (!kept) return undefined;
    const { id, at, events } = kept;
    return asEntry({ position, id, at, events: JSON.parse(events) }, `Entry ${position} of a log`);
  }

  put({ position, id, at }: Entry, events: string): void {
    this.#entries.set(position, { id, at, events });
    this.#last = Math.max(this.#last, position);
  }

  idAt(position: number): string | undefined {
    return this.#entries.get(position)?.id;
  }

  read(from: number, limit: number): Entry[] {
    const entries: Entry[] = [];
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
}
