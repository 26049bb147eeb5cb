import type { Duration } from "../../core/duration.ts";
import { RunNotFoundError } from "../../core/errors.ts";
import { isEnded } from "../../core/run.ts";
import {
  checkEntry,
  checkStart,
  checkUpdate,
  fitsInHead,
  fittingChange,
} from "../../ports/limits.ts";
import { retentionMillis } from "../../ports/retention.ts";
import {
  compareBytes,
  compareNewestFirst,
  decodeCursor,
  encodeCursor,
  matchesFilter,
} from "../../ports/run-list.ts";
import type { RunKey, Store, Task } from "../../ports/store.ts";
import { copy } from "./copy.ts";
import { changeHead, Heads, mayChange } from "./heads.ts";
import { Partitions } from "./partition.ts";
import { claimed, updated } from "./tasks.ts";

export interface MemoryStoreOptions {
  /** How long the record of an ended run is kept. Default: 30 days. */
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

    async create(head, now) {
      checkStart(head);
      const standing = heads.alive(head.runId, now);
      if (standing) {
        if (standing.incarnation === head.incarnation) return { created: true };
        return { created: false, head: copy(standing) };
      }
      const { start, ...rest } = head;
      const isSmall = fitsInHead(start);
      if (!isSmall) partitions.of(head).put(start, JSON.stringify(start.events));
      heads.put(copy(isSmall ? head : rest));
      return { created: true };
    },

    async head(runId, now) {
      const head = heads.alive(runId, now);
      return head && copy(head);
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
        if (isEnded(head.status)) return { outcome: "ended", head: copy(head) };
        changeHead(head, entry.position, copy(change));
      }
      log.put(entry, events);
      return { outcome: "appended" };
    },

    async read(key, from, limit = Number.POSITIVE_INFINITY) {
      const log = partitions.of(key);
      if (from > 0 || log.idAt(0) !== undefined) return log.read(from, limit);
      const entries = log.read(1, limit);
      const start = copy(heads.of(key)?.start);
      return start ? [start, ...entries].slice(0, limit) : [];
    },

    async keep() {
      // Nothing is ever deleted.
    },

    async patchHead(key, position, wanted, readDueAt) {
      const change = fittingChange(key.runId, wanted);
      const head = heads.of(key);
      if (!head || !mayChange(head, position, change, readDueAt)) {
        return { ok: false, head: head && copy(head) };
      }
      changeHead(head, position, copy(change));
      return { ok: true };
    },

    async moveDue(key, from, to, resends) {
      const head = heads.of(key);
      if (!head || isEnded(head.status)) return false;
      if (head.dueAt === to && head.resends === resends) return true;
      if (head.dueAt !== from) return false;
      Object.assign(head, { dueAt: to, resends });
      return true;
    },

    async claimTask(key, command, claim) {
      const { tasks } = partitions.of(key);
      const task = claimed(tasks.get(command), command, claim);
      if (task) tasks.set(command, task);
      return { ok: task !== undefined, task: copy(taskOf(key, command)) };
    },

    async updateTask(key, command, claim, update) {
      checkUpdate(key.runId, command, update);
      const { tasks } = partitions.of(key);
      const task = updated(taskOf(key, command), claim, update);
      if (task) tasks.set(command, task);
      return { ok: task !== undefined, task: copy(taskOf(key, command)) };
    },

    async stopTasks(key, commands) {
      const { tasks } = partitions.of(key);
      for (const command of commands) tasks.set(command, { ...taskOf(key, command), stop: true });
    },

    async tasks(key, commands) {
      const { tasks } = partitions.of(key);
      return [...new Set(commands)].flatMap((command) => copy(tasks.get(command) ?? []));
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

    async listRuns(filter, limit, cursor) {
      const after = cursor === undefined ? undefined : decodeCursor(filter, cursor);
      const found = [...heads.all()]
        .filter((head) => matchesFilter(head, filter))
        .filter((head) => !after || compareNewestFirst(head, after) > 0)
        .sort(compareNewestFirst);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return { heads: copy(page), ...(last && { cursor: encodeCursor(filter, last) }) };
    },

    async listDue(until, limit) {
      return [...heads.all()]
        .flatMap(({ runId, dueAt }) =>
          dueAt !== undefined && dueAt <= until ? { runId, dueAt } : [],
        )
        .sort((a, b) => a.dueAt - b.dueAt || compareBytes(a.runId, b.runId))
        .slice(0, limit);
    },
  };
}
