import type { Duration } from "../../core/duration.ts";
import { RunNotFoundError } from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import { isEnded } from "../../core/run.ts";
import {
  checkEntry,
  checkStart,
  checkUpdate,
  fitsInHead,
  fittingChange,
} from "../../ports/limits.ts";
import { retentionMillis } from "../../ports/retention.ts";
import { isDamaged } from "../../ports/run-list.ts";
import { asEntry, asTask } from "../../ports/shapes.ts";
import type { RunKey, Store, Task } from "../../ports/store.ts";
import { copy } from "./copy.ts";
import { changeHead, Heads, isActive, mayChange, readHead, readOrSalvage } from "./heads.ts";
import { createLists } from "./lists.ts";
import { Partitions } from "./partition.ts";
import { claimed, updated } from "./tasks.ts";

export interface MemoryStoreOptions {
  /** How long an ended run can be read. Default: 30 days. In memory nothing is deleted. */
  retention?: Duration | undefined;
}

/**
 * A store in this process's memory, for tests and for trying things out: it deletes nothing, and all
 * it keeps ends with the process. It has no clock and no chance in it, so that the same calls give the
 * same answers.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const retentionMs = retentionMillis(options.retention);
  const heads = new Heads();
  const partitions = new Partitions();

  function taskOf(key: RunKey, command: number): Task {
    return partitions.of(key).tasks.get(command) ?? { command, attempt: 0 };
  }

  return {
    retentionMs,
    ...createLists(heads),

    async create(head, now) {
      checkStart(head);
      const standing = heads.alive(head.runId, now);
      if (standing) {
        if (standing.incarnation === head.incarnation) return { created: true };
        return { created: false, head: readHead(standing) };
      }
      const { start, ...rest } = head;
      const isSmall = fitsInHead(start);
      if (!isSmall) partitions.of(head).put(start, JSON.stringify(start.events));
      heads.put(copy(isSmall ? head : rest));
      return { created: true };
    },

    async head(runId, now) {
      const head = heads.alive(runId, now);
      return head && readHead(head);
    },

    async append(key, entry, wanted) {
      const events = JSON.stringify(entry.events);
      checkEntry(key.runId, entry, events);
      const change = wanted && fittingChange(key.runId, wanted);
      const log = partitions.of(key);
      if (log.idAt(entry.position) === entry.id) return { outcome: "appended" };
      const standing = log.entry(entry.position);
      if (standing) return { outcome: "conflict", entry: standing };
      if (change) {
        const head = heads.of(key);
        if (!head) throw new RunNotFoundError(key.runId);
        if (!isActive(head)) return { outcome: "ended", head: readHead(head) };
        changeHead(head, entry.position, copy(change));
      }
      log.put(entry, events);
      return { outcome: "appended" };
    },

    async read(key, from, limit = Number.POSITIVE_INFINITY) {
      const log = partitions.of(key);
      if (from > 0 || log.idAt(0) !== undefined) return log.read(from, limit);
      const entries = log.read(1, limit);
      const { start } = heads.of(key) ?? {};
      return start ? [readStart(start), ...entries].slice(0, limit) : [];
    },

    async keep() {
      // Nothing is ever deleted.
    },

    async patchHead(key, position, wanted, readDueAt) {
      const change = fittingChange(key.runId, wanted);
      const head = heads.of(key);
      if (!head || !mayChange(head, position, change, readDueAt)) {
        return { ok: false, head: head && readHead(head) };
      }
      changeHead(head, position, copy(change));
      return { ok: true };
    },

    async moveDue(key, from, to, resends) {
      const head = heads.of(key);
      if (!head || !isActive(head)) return false;
      if (head.dueAt === to && head.resends === resends) return true;
      if (head.dueAt !== from) return false;
      Object.assign(head, { dueAt: to, resends });
      heads.damage.delete(key.runId);
      return true;
    },

    async setAside(runId, until) {
      const head = heads.get(runId);
      const row = head && readOrSalvage(head);
      if (!head || !row || !isDamaged(row) || isEnded(row.status)) return false;
      const isNews = heads.damage.get(runId) !== row.damage;
      heads.damage.set(runId, row.damage);
      head.dueAt = until;
      return isNews;
    },

    async claimTask(key, command, claim) {
      const { tasks } = partitions.of(key);
      const task = claimed(tasks.get(command), command, claim);
      if (task) tasks.set(command, task);
      return { ok: task !== undefined, task: readTask(taskOf(key, command)) };
    },

    async updateTask(key, command, claim, update) {
      checkUpdate(key.runId, command, update);
      const { tasks } = partitions.of(key);
      const task = updated(taskOf(key, command), claim, update);
      if (task) tasks.set(command, task);
      return { ok: task !== undefined, task: readTask(taskOf(key, command)) };
    },

    async stopTasks(key, commands) {
      const { tasks } = partitions.of(key);
      for (const command of commands) tasks.set(command, { ...taskOf(key, command), stop: true });
    },

    async tasks(key, commands) {
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

/** @throws StoreDamagedError */
function readStart(start: Entry): Entry {
  return asEntry(copy(start), "Entry 0 of a log");
}
