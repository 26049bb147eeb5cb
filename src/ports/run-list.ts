/**
 * What run lists have in common, whatever store answers them: which runs a filter means, the order
 * (newest first; of two runs of the same millisecond, the greater id first) and the cursor into it.
 */
import { Buffer } from "node:buffer";
import * as z from "zod/mini";
import { InvalidInputError } from "../core/errors.ts";
import { isEnded, RUN_STATUSES, type RunStatus } from "../core/run.ts";
import { RUN_ID_LIMIT } from "./limits.ts";
import { isOver } from "./retention.ts";
import type { DamagedRun, RunFilter, RunHead } from "./store.ts";

/** A run's place in the order. */
export type ListPlace = Pick<RunHead, "createdAt" | "runId">;

/** What is not known of a damaged run fits no filter. */
export function matchesFilter(run: RunHead | DamagedRun, filter: RunFilter): boolean {
  const { status, ended, workflow, version, tag, problem, parent } = filter;
  return (
    (status === undefined || run.status === status) &&
    (ended === undefined || isEnded(run.status) === ended) &&
    (workflow === undefined || run.workflow === workflow) &&
    (version === undefined || run.version === version) &&
    (tag === undefined || run.tags?.includes(tag) === true) &&
    (problem === undefined || hasProblem(run) === problem) &&
    (parent === undefined || parentOf(run) === parent) &&
    (filter.createdAfter === undefined || run.createdAt > filter.createdAfter) &&
    (filter.createdBefore === undefined || run.createdAt < filter.createdBefore) &&
    (filter.now === undefined || !isOver(run, filter.now))
  );
}

export function isDamaged(run: RunHead | DamagedRun): run is DamagedRun {
  return "damage" in run;
}

/** What is not known of a damaged run is no family. */
function parentOf(run: RunHead | DamagedRun): string | undefined {
  return isDamaged(run) ? undefined : run.parent?.runId;
}

/** What has ended has none: nothing keeps it from going on. */
function hasProblem(run: RunHead | DamagedRun): boolean {
  return !isEnded(run.status) && (isDamaged(run) || run.problem !== undefined);
}

/** Where lists look for a run: among those that go on, or among those that ended as it did. */
export function stateOf(status: RunStatus): RunStatus | "active" {
  return isEnded(status) ? status : "active";
}

/** The states among which a filter has its runs, those that go on first. */
export function statesOf({ status, ended, problem }: RunFilter): (RunStatus | "active")[] {
  const statuses = status === undefined ? RUN_STATUSES : [status];
  const wanted = statuses
    .filter((each) => ended === undefined || isEnded(each) === ended)
    .filter((each) => !problem || !isEnded(each));
  return [...new Set(wanted.map(stateOf))];
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

const cursorSchema = z.tuple([
  z.number().check(z.nonnegative()),
  z.string().check(z.refine((id) => Buffer.byteLength(id) <= RUN_ID_LIMIT && !/\p{Cs}/u.test(id))),
]);

/** Opaque, url-safe, and good for this filter only. */
export function encodeCursor(filter: RunFilter, { createdAt, runId }: ListPlace): string {
  const content: z.infer<typeof cursorSchema> = [createdAt, runId];
  const text = JSON.stringify(content);
  return Buffer.from(`${checksum(textOf(filter))}${checksum(text)}${text}`).toString("base64url");
}

/** @throws InvalidInputError when no list with this filter made the cursor. */
export function decodeCursor(filter: RunFilter, cursor: string): ListPlace {
  const whole = Buffer.from(cursor, "base64url");
  const all = whole.toString();
  const [madeFor, sum, text] = [all.slice(0, 8), all.slice(8, 16), all.slice(16)];
  // Bits and characters that decoding passes over are no part of a cursor either.
  const isWhole = whole.toString("base64url") === cursor && checksum(text) === sum;
  const content = cursorSchema.safeParse(isWhole ? readJson(text) : undefined);
  if (!content.success) throw badCursor("was not made by this list");
  if (madeFor !== checksum(textOf(filter))) throw badCursor("was made for another filter");
  const [createdAt, runId] = content.data;
  return { createdAt, runId };
}

/** FNV-1a: against mistakes and curious hands, not against anybody who wants to list what he may. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function textOf(filter: RunFilter): string {
  // Not the time at which retention is over: it goes on from page to page.
  const { now: _, ...asked } = filter;
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return JSON.stringify(given.sort(([a], [b]) => compareBytes(a, b)));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
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
