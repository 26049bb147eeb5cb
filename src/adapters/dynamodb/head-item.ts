/** A run's head as an item, both ways. */
import { StoreDamagedError } from "../../core/errors.ts";
import { isEnded, type RunStatus } from "../../core/run.ts";
import { asHead, salvage } from "../../ports/shapes.ts";
import type { DamagedRun, HeadChange, RunHead } from "../../ports/store.ts";
import { type Fields, type Item, marshal, unmarshal } from "./attributes.ts";
import { duePartition, headKey, listPartition, listSort, runIdOf, TTL_ATTRIBUTE } from "./keys.ts";
import type { Filed } from "./places.ts";
import { fromJson, nameOf } from "./stored.ts";

/** The attributes that are JSON text. */
const TEXTS = [
  "start",
  "parent",
  "generation",
  "pause",
  "cancellation",
  "termination",
  "problem",
  "closing",
  "failure",
];

/** @throws StoreDamagedError */
export function headFrom(item: Item): RunHead {
  const head = asHead(fieldsOf(item), nameOf(item));
  if (isEnded(head.status)) delete head.dueAt;
  return head;
}

/** The head, or what can be read of it; the index knows when its run was created and how it ended. */
export function headOrDamage(item: Item, { runId, createdAt, state }: Filed): RunHead | DamagedRun {
  try {
    return headFrom(item);
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    const status = state === "active" ? "running" : state;
    return salvage(fieldsOf(item), { runId, createdAt, status }, error);
  }
}

function fieldsOf(item: Item): Record<string, unknown> {
  const { pk, ...fields } = unmarshal(item);
  for (const name of TEXTS) if (name in fields) fields[name] = fromJson(fields[name]);
  return { ...fields, runId: runIdOf(String(pk)) };
}

export function headItem(head: RunHead): Item {
  const { runId, status } = head;
  return marshal({
    ...headKey(runId),
    incarnation: head.incarnation,
    workflow: head.workflow,
    version: head.version,
    start: jsonText(head.start),
    tags: head.tags,
    parent: jsonText(head.parent),
    generation: jsonText(head.generation),
    createdAt: head.createdAt,
    startAt: head.startAt,
    position: head.position,
    ...changedFields(head),
    listPartition: listPartition(runId, status),
    listSort: listSort(head),
    duePartition: duePartition(runId),
  });
}

/** What an update of the head sets and removes. One that ends the run leaves `dueAt` to its filing. */
export function headUpdate(
  position: number,
  change: HeadChange,
): { set: Fields; remove: string[] } {
  const fields: Fields = { position, ...changedFields(change) };
  const removed = Object.keys(change).filter((name) => Reflect.get(change, name) === null);
  if (!endsRun(change)) return { set: fields, remove: removed };
  const { dueAt: _, ...set } = fields;
  return { set, remove: removed.filter((name) => name !== "dueAt") };
}

export function endsRun(change: HeadChange): change is HeadChange & { status: RunStatus } {
  return change.status !== undefined && isEnded(change.status);
}

/** The attributes of what may change in a head. */
function changedFields(change: HeadChange): Fields {
  return {
    status: change.status,
    startedAt: change.startedAt,
    endedAt: change.endedAt,
    dueAt: change.dueAt ?? undefined,
    resends: change.resends,
    keepAt: change.keepAt,
    pause: jsonText(change.pause ?? undefined),
    cancellation: jsonText(change.cancellation),
    termination: jsonText(change.termination),
    problem: jsonText(change.problem ?? undefined),
    closing: jsonText(change.closing),
    failure: jsonText(change.failure),
    expiresAt: change.expiresAt,
    [TTL_ATTRIBUTE]:
      change.expiresAt === undefined ? undefined : Math.ceil(change.expiresAt / 1000),
  };
}

function jsonText(value: object | undefined): string | undefined {
  return value && JSON.stringify(value);
}
