/** The clauses on runs: S1, S2, S8 to S10, S16, S17, S23. */
import { isEnded } from "../../core/run.ts";
import { checkStart, fittingChange } from "../../ports/limits.ts";
import { isDamaged } from "../../ports/run-list.ts";
import type { RunStore } from "../../ports/store.ts";
import { copy } from "./copy.ts";
import {
  changeHead,
  type Heads,
  isActive,
  mayChange,
  putHead,
  readHead,
  readOrSalvage,
} from "./heads.ts";
import { createLists } from "./lists.ts";
import type { Partitions } from "./partition.ts";

export function createRuns(heads: Heads, partitions: Partitions): RunStore {
  return {
    ...createLists(heads, partitions),

    async create(head, now) {
      checkStart(head);
      const standing = heads.alive(head.runId, now);
      if (standing) {
        if (standing.incarnation === head.incarnation) return { created: true };
        return { created: false, head: readHead(standing) };
      }
      putHead(heads, partitions, head);
      return { created: true };
    },

    async get(runId, now) {
      const head = heads.alive(runId, now);
      return head && readHead(head);
    },

    async patch(key, { change: wanted, ...as }) {
      const change = fittingChange(key.runId, wanted);
      const head = heads.of(key);
      if (!head || !mayChange(head, { ...as, change })) {
        return { ok: false, head: head && readHead(head) };
      }
      changeHead(head, as.position, copy(change));
      return { ok: true };
    },

    async moveDue(key, { from, to, resends }) {
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
  };
}
