/**
 * The one table: its definition, and the keys of all that is kept in it.
 *
 * | item  | pk                          | sk                 |
 * | ----- | --------------------------- | ------------------ |
 * | head  | `run#<runId>`               | `head`             |
 * | entry | `run#<runId>#<incarnation>` | `entry#0000000001` |
 * | task  | `run#<runId>#<incarnation>` | `task#0000000001`  |
 * | marks | `run#<runId>#<incarnation>` | `done`             |
 * | end   | `run#<runId>#<incarnation>` | `ended#0000000001` |
 *
 * Two indexes, both sparse and spread over shards, so that no index key takes all runs' writes.
 * *list* holds every head under `<state>#<shard>`, where the state is `active` or how the run ended,
 * so that its keys change only when a run starts and ends. *due* holds what has a `dueAt`: heads, and
 * entries and the ends of children that have a row.
 */
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { RunStatus } from "../../core/run.ts";
import { type ListPlace, stateOf } from "../../ports/run-list.ts";
import type { RunKey } from "../../ports/store.ts";

export const LIST_INDEX = "list";
export const DUE_INDEX = "due";
/** Seconds since the epoch after which DynamoDB may delete an item. */
export const TTL_ATTRIBUTE = "ttl";

const LIST_SHARDS = 4;
const DUE_SHARDS = 4;

/** All of a `CreateTable` request but the name; time to live is enabled on `TTL_ATTRIBUTE`. */
export const tableDefinition = {
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
    { AttributeName: "listPartition", AttributeType: "S" },
    { AttributeName: "listSort", AttributeType: "S" },
    { AttributeName: "duePartition", AttributeType: "S" },
    { AttributeName: "dueAt", AttributeType: "N" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: LIST_INDEX,
      KeySchema: [
        { AttributeName: "listPartition", KeyType: "HASH" },
        { AttributeName: "listSort", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["workflow", "tags"] },
    },
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: "duePartition", KeyType: "HASH" },
        { AttributeName: "dueAt", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
} satisfies Omit<CreateTableCommandInput, "TableName">;

/** A key of the table. A type, not an interface, so that it is also a record of fields. */
export type ItemKey = { pk: string; sk: string };

export const HEAD = "head";

export function headKey(runId: string): ItemKey {
  return { pk: `run#${escaped(runId)}`, sk: HEAD };
}

/** What all items of a run but its head have in common. */
export function runPartition({ runId, incarnation }: RunKey): string {
  return `run#${escaped(runId)}#${escaped(incarnation)}`;
}

export function entryKey(key: RunKey, position: number): ItemKey {
  return { pk: runPartition(key), sk: entrySort(position) };
}

export function entrySort(position: number): string {
  return `entry#${padded(position)}`;
}

/** Sorts after every entry. */
export const AFTER_ENTRIES = "entry#~";

export function taskKey(key: RunKey, command: number): ItemKey {
  return { pk: runPartition(key), sk: `task#${padded(command)}` };
}

/** The position of an entry or the command of a task. */
export function numberOf(sk: string): number {
  return Number(sk.slice(sk.indexOf("#") + 1));
}

export function marksKey(key: RunKey): ItemKey {
  return { pk: runPartition(key), sk: "done" };
}

/** Of the mark that a child has left of its end. */
export function endMarkKey(parent: RunKey, command: number): ItemKey {
  return { pk: runPartition(parent), sk: `${ENDED}${padded(command)}` };
}

export const ENDED = "ended#";

/** The run whose head, or whatever else, has this partition key. */
export function runIdOf(pk: string): string {
  return unescaped(pk.split("#")[1]);
}

/** The incarnation of the run that the item with this partition key is of; none of a head. */
export function incarnationOf(pk: string): string {
  return unescaped(pk.split("#")[2]);
}

export function listPartition(runId: string, status: RunStatus): string {
  return `${stateOf(status)}#${shardOf(runId, LIST_SHARDS)}`;
}

/** Begins the list partition of a run that has not ended. */
export const ACTIVE = "active#";

/** Where to look for the runs in a state. */
export function listPartitions(state: ReturnType<typeof stateOf>): string[] {
  return shards(LIST_SHARDS).map((shard) => `${state}#${shard}`);
}

export function listSort({ createdAt, runId }: ListPlace): string {
  return `${createdSort(createdAt)}#${runId}`;
}

/** Sorts before every run created at that time. */
export function createdSort(createdAt: number): string {
  return String(Math.min(Math.max(createdAt, 0), Number.MAX_SAFE_INTEGER)).padStart(16, "0");
}

/** Nothing for what `listSort` never made. */
export function placeOf(sort: string): ListPlace | undefined {
  const [, createdAt, runId] = /^(\d[\d.]{15,})#(.+)$/s.exec(sort) ?? [];
  return runId === undefined ? undefined : { createdAt: Number(createdAt), runId };
}

export function duePartition(runId: string): string {
  return String(shardOf(runId, DUE_SHARDS));
}

export function duePartitions(): string[] {
  return shards(DUE_SHARDS).map(String);
}

function padded(count: number): string {
  return String(count).padStart(10, "0");
}

function shards(count: number): number[] {
  return Array.from({ length: count }, (_, shard) => shard);
}

/** So that no run id, whatever it contains, makes the key of another run's item. */
function escaped(id: string): string {
  return id.replaceAll("%", "%25").replaceAll("#", "%23");
}

function unescaped(id = ""): string {
  return id.replaceAll("%23", "#").replaceAll("%25", "%");
}

/** FNV-1a. Must never change: it says where existing runs are found. */
function shardOf(runId: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < runId.length; index++) {
    hash = Math.imul(hash ^ runId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % count;
}
