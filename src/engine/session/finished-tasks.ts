import { isTask } from "../../core/commands/index.ts";
import type { RunState } from "../../core/run-state.ts";
import { endOf } from "../../core/settle.ts";
import type { Task } from "../../ports/store.ts";

/**
 * The tasks of a run that are known here to have finished, until the log has absorbed them; and the
 * marks by which the processes that run them tell each other. All turns of the run here share them, so
 * that one entry absorbs what finished at the same time.
 */
export class FinishedTasks {
  readonly #tasks = new Map<number, Task>();
  readonly #marked = new Set<number>();

  add(task: Task): void {
    this.#tasks.set(task.command, task);
  }

  /** Those that the log, as it stands, has not absorbed. */
  waiting(state: RunState): Task[] {
    return [...this.#tasks.values()].filter((task) => isWaiting(state, task));
  }

  isWaiting(state: RunState, command: number): boolean {
    const task = this.#tasks.get(command);
    return task !== undefined && isWaiting(state, task);
  }

  isMarked(command: number): boolean {
    return this.#marked.has(command);
  }

  /** These have a mark in the store. */
  mark(commands: Iterable<number>): void {
    for (const command of commands) this.#marked.add(command);
  }

  /** Forgets what the log has absorbed. @returns the marks that are left of it. */
  takeAbsorbed(state: RunState): number[] {
    for (const [command, task] of this.#tasks) {
      if (!isWaiting(state, task)) this.#tasks.delete(command);
    }
    const absorbed = [...this.#marked].filter((command) => !this.#tasks.has(command));
    for (const command of absorbed) this.#marked.delete(command);
    return absorbed;
  }
}

function isWaiting(state: RunState, task: Task): boolean {
  const open = state.ended ? undefined : state.open.get(task.command);
  return isTask(open) && endOf(task, open) !== undefined;
}
