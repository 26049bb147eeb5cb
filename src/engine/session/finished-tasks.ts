import { isTask } from "../../core/commands/index.ts";
import type { RunState } from "../../core/run-state.ts";
import { endOf } from "../../core/settle.ts";
import type { Task } from "../../core/task.ts";

/**
 * The tasks of one run that finished in this process, or that it found finished, until the log has
 * absorbed them; and which of them are known to be marked as finished in the store.
 */
export class FinishedTasks {
  readonly #tasks = new Map<number, Task>();
  readonly #marked = new Set<number>();

  get size(): number {
    return this.#tasks.size;
  }

  has(command: number): boolean {
    return this.#tasks.has(command);
  }

  commands(): Iterable<number> {
    return this.#tasks.keys();
  }

  all(): Task[] {
    return [...this.#tasks.values()];
  }

  add(task: Task): void {
    this.#tasks.set(task.command, task);
  }

  /** Forgets what the log has absorbed. */
  forgetAbsorbed(state: RunState): void {
    for (const [command, task] of this.#tasks) {
      const open = state.ended ? undefined : state.open.get(command);
      if (!isTask(open) || !endOf(task, open)) this.#tasks.delete(command);
    }
  }

  isMarked(command: number): boolean {
    return this.#marked.has(command);
  }

  mark(command: number): void {
    this.#marked.add(command);
  }

  /** The marks of what was absorbed; whoever takes them takes them away in the store too. */
  takeAbsorbedMarks(): number[] {
    const absorbed = [...this.#marked].filter((command) => !this.#tasks.has(command));
    for (const command of absorbed) this.#marked.delete(command);
    return absorbed;
  }
}
