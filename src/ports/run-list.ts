/**
 * What run lists have in common, whatever store answers them: which runs a filter means, the order
 * (newest first; of two runs of the same millisecond, the greater id first) and the cursor into it.
 */
import { Buffer } from "node:buffer";
import * as z from "zod/mini";
import { InvalidInputError } from "../core/errors.ts";
import { isOver } from "./retention.ts";
import type { RunFilter, RunHead } from "./store.ts";

/** A run's place in the order. */
export type ListPlace = Pick<RunHead, "createdAt" | "runId">;

export function matchesFilter(head: RunHead, filter: RunFilter): boolean {
  return (
    (filter.status === undefined || head.status === filter.status) &&
    (filter.workflow === undefined || head.workflow === filter.workflow) &&
    (filter.tag === undefined || head.tags.includes(filter.tag)) &&
    (filter.createdAfter === undefined || head.createdAt > filter.createdAfter) &&
    (filter.createdBefore === undefined || head.createdAt < filter.createdBefore) &&
    (filter.now === undefined || !isOver(head, filter.now))
  );
}

/** Sorts newest first. */
export function compareNewestFirst(a: ListPlace, b: ListPlace): number {
  return b.createdAt - a.createdAt || compareBytes(b.runId, a.runId);
}

/** Compares as DynamoDB does: by UTF-8 bytes, which is by code points and not by UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all that a single unit can mean. */
function byteRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const cursorSchema = z.tuple([z.string(), z.number(), z.string()]);

/** Opaque, url-safe, and good for this filter only. */
export function encodeCursor(filter: RunFilter, last: ListPlace): string {
  const content: z.infer<typeof cursorSchema> = [textOf(filter), last.createdAt, last.runId];
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

/** @throws InvalidInputError when no list with this filter made the cursor. */
export function decodeCursor(filter: RunFilter, cursor: string): ListPlace {
  const content = cursorSchema.safeParse(readJson(cursor));
  if (!content.success) throw badCursor("was not made by this list");
  const [madeFor, createdAt, runId] = content.data;
  if (madeFor !== textOf(filter)) throw badCursor("was made for another filter");
  return { createdAt, runId };
}

function textOf(filter: RunFilter): string {
  const { status, workflow, tag, createdAfter, createdBefore } = filter;
  return JSON.stringify([status, workflow, tag, createdAfter, createdBefore]);
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

function badCursor(why: string): InvalidInputError {
  return new InvalidInputError(
    `The cursor ${why}. Pass the cursor of the page before, with the same filter, or none to start over.`,
    [{ message: why, path: ["cursor"] }],
  );
}
