import type { ScheduledStep } from "../../core/commands/step.ts";
import { commandOfTask } from "../../core/task.ts";
import type {
  RunKey,
  Task,
  TaskAnswer,
  TaskClaim,
  TaskStore,
  TaskUpdate,
} from "../../ports/store.ts";

/**
 * The tasks of one run as its log has them: of each step the task that it was scheduled as last. What
 * is answered names the step's command, and not the task's number.
 */
export class RunTasks {
  readonly #store: TaskStore;
  readonly #key: RunKey;

  constructor({ store }: { store: { tasks: TaskStore } }, key: RunKey) {
    this.#store = store.tasks;
    this.#key = key;
  }

  async claim({ phase }: ScheduledStep, claim: TaskClaim): Promise<TaskAnswer> {
    return answered(await this.#store.claim(this.#key, phase.task, claim));
  }

  async update({ phase }: ScheduledStep, update: TaskUpdate): Promise<TaskAnswer> {
    return answered(await this.#store.update(this.#key, phase.task, update));
  }

  /** None of them begins any more. */
  async stop(steps: readonly ScheduledStep[]): Promise<void> {
    if (steps.length > 0) await this.#store.stop(this.#key, numbersOf(steps));
  }

  /** Those of them that were claimed or stopped. */
  async get(steps: readonly ScheduledStep[]): Promise<Task[]> {
    if (steps.length === 0) return [];
    return (await this.#store.get(this.#key, numbersOf(steps))).map(ofStep);
  }
}

function numbersOf(steps: readonly ScheduledStep[]): number[] {
  return steps.map(({ phase }) => phase.task);
}

function answered({ ok, task }: TaskAnswer): TaskAnswer {
  return { ok, task: ofStep(task) };
}

function ofStep(task: Task): Task {
  return { ...task, command: commandOfTask(task.command) };
}
