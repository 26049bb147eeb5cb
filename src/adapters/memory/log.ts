/** The clauses on logs: S3 to S7, S24, S25, S30, S31, S35 and S36. */
import { RunNotFoundError } from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import {
  checkBirths,
  checkEntry,
  checkNext,
  fitsInHead,
  fittingChange,
} from "../../ports/limits.ts";
import { asEntry } from "../../ports/shapes.ts";
import type { LeftMark, LogStore, NextLog, RunHead } from "../../ports/store.ts";
import { copy } from "./copy.ts";
import { changeHead, type Heads, isActive, putHead, readHead } from "./heads.ts";
import type { Partition, Partitions } from "./partition.ts";

export function createLog(heads: Heads, partitions: Partitions): LogStore {
  return {
    async append(key, entry, { change: wanted, dueAt, births = [], endMark, next } = {}) {
      const events = JSON.stringify(entry.events);
      checkEntry(key.runId, entry, events);
      checkBirths(births);
      if (next) checkNext(key.runId, next);
      const change = wanted && fittingChange(key.runId, wanted);
      const log = partitions.of(key);
      if (log.idAt(entry.position) === entry.id) return { outcome: "appended" };
      const standing = log.entry(entry.position);
      if (standing) return { outcome: "conflict", entry: standing };
      const taken = births.filter(({ runId, createdAt }) => heads.alive(runId, createdAt));
      if (taken.length > 0) return { outcome: "taken", runIds: taken.map(({ runId }) => runId) };
      if (change) {
        const head = heads.of(key);
        if (!head) throw new RunNotFoundError(key.runId);
        if (!isActive(head)) return { outcome: "ended", head: readHead(head) };
        changeHead(head, entry.position, copy(change));
        if (next)
          exchange(head, log, partitions.of({ ...key, incarnation: next.incarnation }), next);
      }
      log.put(entry, events, dueAt);
      for (const birth of births) putHead(heads, partitions, birth);
      if (endMark) leave(partitions, endMark);
      return { outcome: "appended" };
    },

    async read(key, { from, limit = Number.POSITIVE_INFINITY }) {
      const log = partitions.of(key);
      if (from > 0 || log.idAt(0) !== undefined) return log.read(from, limit);
      const entries = log.read(1, limit);
      const { start } = heads.of(key) ?? {};
      return start ? [readStart(start), ...entries].slice(0, limit) : [];
    },

    async clearRows(key, rows) {
      for (const row of rows) partitions.of(key).clear(row);
    },

    async keep() {
      // Nothing is ever deleted.
    },
  };
}

function leave(partitions: Partitions, { parent, mark, dueAt }: LeftMark): void {
  partitions.of(parent).ends.set(mark.command, { mark: copy(mark), dueAt });
}

/** Gives a head its next log. */
function exchange(
  head: RunHead,
  log: Partition,
  nextLog: Partition,
  { incarnation, generation, version, entries, past }: NextLog,
): void {
  const [start] = entries;
  if (log.idAt(0) === undefined) log.put(past, JSON.stringify(past.events));
  const isSmall = fitsInHead(start);
  for (const each of isSmall ? entries.slice(1) : entries) {
    nextLog.put(each, JSON.stringify(each.events));
  }
  Object.assign(head, copy({ incarnation, generation, version, position: 0 }));
  if (isSmall) head.start = copy(start);
  else delete head.start;
}

/** @throws StoreDamagedError */
function readStart(start: Entry): Entry {
  return asEntry(copy(start), "Entry 0 of a log");
}
