/** The clauses on tasks: S11 to S15. */
import { checkUpdate } from "../../ports/limits.ts";
import { asTask } from "../../ports/shapes.ts";
import type { RunKey, Task, TaskStore } from "../../ports/store.ts";
import { copy } from "./copy.ts";
import type { Partitions } from "./partition.ts";
import { claimed, updated } from "./task-changes.ts";

export function createTasks(partitions: Partitions): TaskStore {
  function taskOf(key: RunKey, command: number): Task {
    return partitions.of(key).tasks.get(command) ?? { command, attempt: 0 };
  }

  return {
    async claim(key, command, claim) {
      const { tasks } = partitions.of(key);
      const task = claimed(tasks.get(command), command, claim);
      if (task) tasks.set(command, task);
      return { ok: task !== undefined, task: readTask(taskOf(key, command)) };
    },

    async update(key, command, update) {
      checkUpdate(key.runId, command, update);
      const { tasks } = partitions.of(key);
      const task = updated(taskOf(key, command), update);
      if (task) tasks.set(command, task);
      return { ok: task !== undefined, task: readTask(taskOf(key, command)) };
    },

    async stop(key, commands) {
      const { tasks } = partitions.of(key);
      for (const command of commands) tasks.set(command, { ...taskOf(key, command), stop: true });
    },

    async get(key, commands) {
      const { tasks } = partitions.of(key);
      const found = [...new Set(commands)].flatMap((command) => tasks.get(command) ?? []);
      return found.map(readTask);
    },

    async markDone(key, command) {
      partitions.of(key).done.add(command);
    },

    async doneMarks(key) {
      return [...partitions.of(key).done].sort((a, b) => a - b);
    },

    async unmarkDone(key, commands) {
      const { done } = partitions.of(key);
      for (const command of commands) done.delete(command);
    },
  };
}

/** @throws StoreDamagedError */
function readTask(task: Task): Task {
  return asTask(copy(task), `Task ${task.command}`);
}
