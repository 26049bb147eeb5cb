/**
 * How much a store keeps, the same for every adapter, so that what passes in a test passes on
 * DynamoDB. Sizes are bytes of UTF-8. Each limit leaves room for what comes later: a task's result
 * must fit into the entry that absorbs it, and a head must take what its run ends with.
 */
import { ENTRY_LIMIT } from "../core/bounds.ts";
import { InvalidInputError, PayloadTooLargeError } from "../core/errors.ts";
import type { Entry } from "../core/events.ts";
import type { HeadChange, NextLog, StartedHead, TaskChange } from "./store.ts";

/** The result or error of a step, the output of a workflow: an entry less the rest of an event. */
export const VALUE_LIMIT = ENTRY_LIMIT - 8 * 1024;
/** Each of a head's `cancellation`, `termination` and `problem`. */
export const HEAD_PART_LIMIT = 16 * 1024;
/** What a head keeps of its run's payloads: a start or an end that takes more is the log's alone. */
export const IN_HEAD_LIMIT = 512;
/** Runs that begin with one entry, and the bytes of their starts: what one transaction takes. */
export const MOST_BIRTHS = 98;
const BIRTHS_LIMIT = 2 * 1024 * 1024;
/** What a log begins with in which a run goes on, in bytes and entries: it is written in one transaction. */
export const NEXT_LOG_LIMIT = 3.5 * 1024 * 1024;
const MOST_NEXT_ENTRIES = 60;
/** A run's id, which is part of keys. */
export const RUN_ID_LIMIT = 512;

/** @throws PayloadTooLargeError, or InvalidInputError for an id that cannot be a key. */
export function checkStart(head: StartedHead, text = JSON.stringify(head.start.events)): void {
  if (isLarger(head.runId, RUN_ID_LIMIT)) {
    throw new InvalidInputError(
      `A run's id takes at most ${RUN_ID_LIMIT} bytes, and this one ${bytesOf(head.runId)}. Choose a shorter one.`,
      [{ message: "too long", path: ["runId"] }],
    );
  }
  check(text, ENTRY_LIMIT, () => `The start of run "${head.runId}"`);
}

/**
 * Whether so many runs may begin with one entry. A start that does not fit into its head is written
 * beside that.
 * @param starts the start of each, in bytes as `startBytes` counts them
 */
export function fitsInTransaction(starts: readonly number[]): boolean {
  const items = starts.reduce((sum, bytes) => sum + (bytes > IN_HEAD_LIMIT ? 2 : 1), 0);
  return items <= MOST_BIRTHS && starts.reduce((sum, bytes) => sum + bytes, 0) <= BIRTHS_LIMIT;
}

/** What the start of a run takes. */
export function startBytes({ start }: Pick<StartedHead, "start">): number {
  return bytesOf(JSON.stringify(start));
}

/** @throws PayloadTooLargeError, or InvalidInputError for what cannot begin with one entry. */
export function checkBirths(births: readonly StartedHead[]): void {
  for (const birth of births) checkStart(birth);
  if (fitsInTransaction(births.map(startBytes))) return;
  throw new InvalidInputError(
    `${births.length} runs cannot begin with one entry. Begin fewer at once.`,
    [{ message: "too many, or too large together", path: ["births"] }],
  );
}

/** @throws PayloadTooLargeError, or InvalidInputError for a position that only `runs.create` writes. */
export function checkEntry(runId: string, entry: Entry, text = JSON.stringify(entry.events)): void {
  if (!Number.isSafeInteger(entry.position) || entry.position < 1) {
    throw new InvalidInputError(
      `Nothing can be appended at position ${entry.position}. \`runs.create\` writes entry 0; append from 1 on.`,
      [{ message: "not a position after the start", path: ["position"] }],
    );
  }
  check(text, ENTRY_LIMIT, () => `Entry ${entry.position} of run "${runId}"`);
}

/** @throws PayloadTooLargeError, or InvalidInputError for a log that is not one from its start on. */
export function checkNext(runId: string, { entries }: NextLog): void {
  let bytes = 0;
  for (const [index, { position, events }] of entries.entries()) {
    if (position !== index) {
      throw new InvalidInputError(
        `The next log of run "${runId}" has an entry ${position} where entry ${index} belongs. Give all from 0 on.`,
        [{ message: "not the position after the one before", path: ["next", "entries", index] }],
      );
    }
    const text = JSON.stringify(events);
    check(text, ENTRY_LIMIT, () => `Entry ${index} of the next log of run "${runId}"`);
    bytes += bytesOf(text);
  }
  if (bytes <= NEXT_LOG_LIMIT && entries.length <= MOST_NEXT_ENTRIES) return;
  const what = `What the next log of run "${runId}" begins with`;
  throw new PayloadTooLargeError({ what, size: bytes, limit: NEXT_LOG_LIMIT });
}

/** @throws PayloadTooLargeError */
export function checkUpdate(runId: string, command: number, update: TaskChange): void {
  if (update.type === "renew") return;
  const kept = update.type === "retry" ? update : update.end;
  const [what, value] = "result" in kept ? ["result", kept.result] : ["error", kept.error];
  check(
    JSON.stringify(value),
    VALUE_LIMIT,
    () => `The ${what} of command ${command} of run "${runId}"`,
  );
}

/**
 * The change as a head can take it: a `closing` that is not small is left out, as the log has it.
 * @throws PayloadTooLargeError
 */
export function fittingChange(runId: string, change: HeadChange): HeadChange {
  for (const part of ["cancellation", "termination", "problem"] as const) {
    const text = JSON.stringify(change[part] ?? null);
    check(text, HEAD_PART_LIMIT, () => `The ${part} record of run "${runId}"`);
  }
  if (!change.closing || fitsInHead(change.closing)) return change;
  const { closing: _, ...fitting } = change;
  return fitting;
}

/** Whether a payload is small enough to stand in a head. */
export function fitsInHead(payload: object): boolean {
  return !isLarger(JSON.stringify(payload), IN_HEAD_LIMIT);
}

function check(text: string, limit: number, what: () => string): void {
  if (!isLarger(text, limit)) return;
  throw new PayloadTooLargeError({ what: what(), size: bytesOf(text), limit });
}

/** A UTF-16 unit takes at most three bytes, so most texts need no counting. */
function isLarger(text: string, limit: number): boolean {
  return text.length * 3 > limit && bytesOf(text) > limit;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
