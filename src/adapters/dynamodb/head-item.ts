/** A run's head as an item, both ways. */
import * as z from "zod/mini";
import { isEnded, RUN_STATUSES, type RunStatus } from "../../core/run.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";
import { type Fields, type Item, marshal } from "./attributes.ts";
import { entrySchema } from "./entry-item.ts";
import { duePartition, headKey, listPartition, listSort, runIdOf, TTL_ATTRIBUTE } from "./keys.ts";
import { encoded, json, parseItem } from "./stored.ts";

const time = z.number();
const optional = z.exactOptional;

const cancellation = z.object({
  reason: optional(z.string()),
  requestedBy: optional(z.string()),
  requestedAt: time,
  deliveredAt: optional(time),
  checkpoint: optional(z.string()),
  deadline: optional(time),
  cleanup: optional(z.object({ steps: z.number(), finished: z.boolean(), durationMs: z.number() })),
  tooLate: optional(z.boolean()),
  swallowed: optional(z.boolean()),
});

const termination = z.object({
  reason: optional(z.string()),
  requestedBy: optional(z.string()),
  at: time,
});

const problem = z.object({
  code: z.string(),
  message: z.string(),
  at: time,
  tries: z.number(),
  position: optional(z.number()),
});
const failure = z.object({ name: z.string(), message: z.string(), code: optional(z.string()) });
const closing = z.union([z.object({ output: encoded }), z.object({ error: encoded })]);

const headSchema = z.object({
  pk: z.string(),
  incarnation: z.string(),
  workflow: z.string(),
  version: z.string(),
  start: optional(json(entrySchema)),
  tags: z.array(z.string()),
  createdAt: time,
  startAt: optional(time),
  status: z.enum(RUN_STATUSES),
  position: z.number(),
  startedAt: optional(time),
  endedAt: optional(time),
  dueAt: optional(time),
  resends: z.number(),
  cancellation: optional(json(cancellation)),
  termination: optional(json(termination)),
  problem: optional(json(problem)),
  closing: optional(json(closing)),
  failure: optional(json(failure)),
  keepAt: time,
  expiresAt: optional(time),
});

/** @throws DetentError `store.damaged` */
export function headFrom(item: Item): RunHead {
  const { pk, ...fields } = parseItem(headSchema, item);
  if (isEnded(fields.status)) delete fields.dueAt;
  return { runId: runIdOf(pk), ...fields };
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
