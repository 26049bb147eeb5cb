/**
 * A store that tells two of its states apart, by what it holds: what was read, what was refused and what
 * was written over leaves no trace. Of calls that are not known here, all that were made count, in their
 * order; that is more than what the store holds, and never less.
 */

import { rowName } from "../../src/ports/due-list.ts";
import { aroundStore, type StoreCall } from "../../src/ports/store/around.ts";
import type {
  AppendAnswer,
  AppendOptions,
  HeadChange,
  RowName,
  RunHead,
  Store,
  TaskAnswer,
} from "../../src/ports/store.ts";
import { hash } from "./hash.ts";

export class WrittenStore {
  readonly store: Store;
  /** Of everything that is held, what it is. */
  readonly #held = new Map<string, unknown>();

  constructor(store: Store) {
    this.store = aroundStore(store, async (call) => {
      const answer = await call.make();
      this.#wrote(call, answer);
      return answer;
    });
  }

  get state(): string {
    return [...this.#held]
      .map(([what, value]) => `${what} ${value}`)
      .sort()
      .join();
  }

  #wrote({ name, args }: StoreCall, answer: unknown): void {
    const [key, given, more] = args as [{ runId: string } | string, unknown, unknown];
    const runId = typeof key === "string" ? key : key.runId;
    switch (name) {
      case "runs.get":
      case "runs.list":
      case "runs.listDue":
      case "log.read":
      case "log.keep":
      case "tasks.get":
      case "tasks.doneMarks":
        return;
      case "runs.create":
        if ((answer as { created: boolean }).created) this.#change(runId, key as RunHead);
        return;
      case "runs.patch": {
        const { position, change } = given as { position: number; change: HeadChange };
        if ((answer as { ok: boolean }).ok) this.#change(runId, { position, ...change });
        return;
      }
      case "runs.moveDue": {
        const { to: dueAt, resends } = given as { to: number; resends: number };
        if (answer === true) this.#change(runId, { dueAt, resends });
        return;
      }
      case "log.append": {
        if ((answer as AppendAnswer).outcome !== "appended") return;
        const { position } = given as { position: number };
        const { change, dueAt, ...besides } = (more ?? {}) as AppendOptions;
        this.#held.set(`${runId} ${position}`, hash(JSON.stringify([given, besides])));
        const row = rowName({ type: "entry", position });
        if (dueAt !== undefined) this.#held.set(`${runId} row ${row}`, dueAt);
        if (change) this.#change(runId, { position, ...change });
        return;
      }
      case "log.clearRows":
        for (const row of given as RowName[]) this.#held.delete(`${runId} row ${rowName(row)}`);
        return;
      case "tasks.claim":
      case "tasks.update": {
        const { ok, task } = answer as TaskAnswer;
        if (ok)
          this.#held.set(`${runId} task ${given}`, hash(JSON.stringify({ ...task, stop: 0 })));
        return;
      }
      case "tasks.stop":
        for (const command of given as number[]) this.#held.set(`${runId} stop ${command}`, 1);
        return;
      case "tasks.markDone":
        this.#held.set(`${runId} done ${given}`, 1);
        return;
      case "tasks.unmarkDone":
        for (const command of given as number[]) this.#held.delete(`${runId} done ${command}`);
        return;
      default: {
        const before = this.#held.get(runId);
        this.#held.set(runId, hash(`${before} ${name} ${JSON.stringify([args, answer])}`));
      }
    }
  }

  #change(runId: string, change: object): void {
    for (const [field, value] of Object.entries(change)) {
      this.#held.set(`${runId} head ${field}`, JSON.stringify(value));
    }
  }
}
