/** The clauses on heads: S1, S2, S8 to S10, S23. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { StoreDamagedError } from "../../core/errors.ts";
import { isEnded, RUN_STATUSES } from "../../core/run.ts";
import { checkStart, fitsInHead, fittingChange } from "../../ports/limits.ts";
import { isOver } from "../../ports/retention.ts";
import type {
  CreateAnswer,
  HeadChange,
  PatchAnswer,
  RunHead,
  RunKey,
  RunStore,
} from "../../ports/store.ts";
import { type Fields, type Item, marshal } from "./attributes.ts";
import { birthOf } from "./birth-items.ts";
import { conditional, present } from "./conditions.ts";
import { entryItem } from "./entry-item.ts";
import { updateOf } from "./expressions.ts";
import { fileAsEnded, isFiledAsActive } from "./filing.ts";
import { endsRun, headFrom, headUpdate } from "./head-item.ts";
import { ACTIVE, headKey } from "./keys.ts";
import type { Table } from "./table.ts";

const UNENDED = RUN_STATUSES.filter((status) => !isEnded(status));

/** The run of this key, and not ended. */
export const IS_ACTIVE = `#incarnation = :own AND #status IN (${UNENDED.map((status) => `:is_${status}`).join(", ")})`;

export function activeValues({ incarnation }: RunKey): Fields {
  const statuses = UNENDED.map((status) => [`is_${status}`, status]);
  return { own: incarnation, ...Object.fromEntries(statuses) };
}

/** The head that made a condition fail, if it is that of this very run. */
export function standingHead(key: RunKey, item: Item | undefined): RunHead | undefined {
  const head = item && headFrom(item);
  return head?.incarnation === key.incarnation ? head : undefined;
}

export async function readHead(table: Table, runId: string): Promise<RunHead | undefined> {
  const Item = await getHead(table, runId);
  const head = Item && headFrom(Item);
  if (head && isFiledAsActive(Item, head)) await fileAsEnded(table, head);
  return head;
}

async function getHead(table: Table, runId: string): Promise<Item | undefined> {
  const Key = marshal(headKey(runId));
  const get = new GetItemCommand({ TableName: table.name, Key, ConsistentRead: true });
  return (await table.requests.send(get)).Item;
}

export function createHeads(table: Table): Omit<RunStore, "list" | "listDue"> {
  return {
    async create(head, now) {
      const events = JSON.stringify(head.start.events);
      checkStart(head, events);
      const { start } = head;
      if (!fitsInHead(start)) {
        const standing = await readHead(table, head.runId);
        if (standing && !isOver(standing, now)) return createdBefore(head, standing);
        // The start is written before the head, so that no head is without it. It has a key of its
        // own that nobody reads before the head is there.
        const Item = entryItem(head, start, { eventsText: events, ttl: table.timeToLive() });
        await table.requests.send(new PutItemCommand({ TableName: table.name, Item }));
      }
      const put = new PutItemCommand({ ...birthOf(table, head, now), TableName: table.name });
      return conditional<CreateAnswer>(
        async () => {
          await table.requests.send(put);
          return { created: true };
        },
        (item) => createdBefore(head, headFrom(present(item))),
      );
    },

    async get(runId, now) {
      const head = await readHead(table, runId);
      return head && !isOver(head, now) ? head : undefined;
    },

    async patch(key, { position, change: wanted, readDueAt }) {
      const change = fittingChange(key.runId, wanted);
      const update = new UpdateItemCommand(
        updateOf(table.name, {
          key: headKey(key.runId),
          ...headUpdate(position, change),
          condition: `${IS_ACTIVE} AND #position <= :position${dueCondition(change, readDueAt)}`,
          values: { ...activeValues(key), dueAt: change.dueAt ?? undefined, read: readDueAt },
        }),
      );
      return conditional<PatchAnswer>(
        async () => {
          await table.requests.send(update);
          if (endsRun(change)) await fileAsEnded(table, { ...key, status: change.status });
          return { ok: true };
        },
        (standing) => ({ ok: false, head: standingHead(key, standing) }),
      );
    },

    async moveDue(key, { from, to, resends }) {
      const update = new UpdateItemCommand(
        updateOf(table.name, {
          key: headKey(key.runId),
          set: { dueAt: to, resends },
          // It can be read again: should it be damaged once more, that is news.
          remove: ["damage"],
          // The second case: it was moved, and the answer was lost.
          condition: `${IS_ACTIVE} AND (#dueAt = :from OR (#dueAt = :dueAt AND #resends = :resends))`,
          values: { ...activeValues(key), from },
        }),
      );
      return conditional(
        async () => {
          await table.requests.send(update);
          return true;
        },
        () => false,
      );
    },

    async setAside(runId, until) {
      const Item = await getHead(table, runId);
      const damage = Item && damageOf(Item);
      if (damage === undefined) return false;
      const from = Item?.["dueAt"]?.N === undefined ? undefined : Number(Item["dueAt"].N);
      const update = new UpdateItemCommand({
        ...updateOf(table.name, {
          key: headKey(runId),
          set: { dueAt: until, damage },
          // The head is still damaged, and by its place in the index the run has not ended.
          condition: `${from === undefined ? "attribute_not_exists(#dueAt)" : "#dueAt = :from"} AND begins_with(#listPartition, :active)`,
          values: { from, active: ACTIVE },
        }),
        ReturnValues: "UPDATED_OLD",
      });
      return conditional(
        async () => {
          const { Attributes } = await table.requests.send(update);
          return Attributes?.["damage"]?.S !== damage;
        },
        () => false,
      );
    },
  };
}

/** What is wrong with it, if it cannot be read. */
function damageOf(item: Item): string | undefined {
  try {
    headFrom(item);
    return undefined;
  } catch (error) {
    if (error instanceof StoreDamagedError) return error.message;
    throw error;
  }
}

/** Another run stands there, or this very one: it was created, and the answer was lost. */
function createdBefore({ incarnation }: RunKey, standing: RunHead): CreateAnswer {
  const isOwn = standing.incarnation === incarnation;
  return isOwn ? { created: true } : { created: false, head: standing };
}

/**
 * Absent is later than any time. The time that stands there already is not later, so a change whose
 * answer was lost is made again.
 */
function dueCondition({ dueAt }: HeadChange, readDueAt: number | undefined): string {
  if (dueAt === undefined) return "";
  const asRead = readDueAt === undefined ? "" : " OR #dueAt = :read";
  const notLater = dueAt === null ? "" : " OR #dueAt >= :dueAt";
  return ` AND (attribute_not_exists(#dueAt)${notLater}${asRead})`;
}
