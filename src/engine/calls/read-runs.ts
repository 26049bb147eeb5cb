/** What the engine answers about runs. Nothing here writes. */

import { LABEL, LARGEST_PAGE } from "../../core/bounds.ts";
import { toMillis } from "../../core/duration.ts";
import {
  CancellationError,
  InvalidInputError,
  RunEndedError,
  RunNotFoundError,
  StoreDamagedError,
} from "../../core/errors.ts";
import { isEnded, RUN_STATUSES } from "../../core/run.ts";
import type { TerminationState } from "../../core/run-state.ts";
import { decode } from "../../core/value.ts";
import { isDamaged } from "../../ports/run-list.ts";
import type { RunFilter, RunHead } from "../../ports/store.ts";
import type { Run, RunEnd, RunQuery, RunSummary, WaitOptions } from "../engine.ts";
import type { Parts } from "../services.ts";
import { loadLog } from "../session/load-log.ts";
import { type Closing, closingOf, showDamaged, showRun, showSummary } from "./show-run.ts";

/** @throws RunNotFoundError */
export async function headOf({ store, clock }: Parts, runId: string): Promise<RunHead> {
  const head = LABEL.test(runId) ? await store.head(runId, clock.now()) : undefined;
  if (!head) throw new RunNotFoundError(runId);
  return head;
}

export async function getRun(parts: Parts, runId: string): Promise<Run> {
  const head = await headOf(parts, runId);
  const [start] = await loadLog(parts.store, head, 1);
  const { problem, ...rest } = head;
  const shown = problem && (await hasGoneOn(parts, head)) ? rest : head;
  const values = { start, closing: await closing(parts, head) };
  return showRun(shown, values, parts.clock.now());
}

/**
 * Whether the log went on since a turn could not be done. Who goes on may not have heard of the
 * problem, and a run whose steps follow each other writes nothing to its head; but a request to stop
 * brings nothing on.
 */
async function hasGoneOn({ store }: Parts, head: RunHead): Promise<boolean> {
  const { position } = head.problem ?? {};
  if (position === undefined) return false;
  try {
    const since = await store.read(head, position + 1, 2);
    return since.some(({ events }) => events.some(({ type }) => type !== "cancellation.requested"));
  } catch (error) {
    // What cannot be read brought nothing on.
    if (error instanceof StoreDamagedError) return false;
    throw error;
  }
}

/** A closing that was too large for the head is in the last entry of the log. */
async function closing({ heads }: Parts, head: RunHead): Promise<Closing> {
  if (head.closing || !isEnded(head.status)) return head.closing;
  return closingOf(await heads.lastEntry(head));
}

const DEFAULT_LIMIT = 50;

export async function listRuns(
  { store, clock }: Parts,
  query: RunQuery,
): Promise<{ runs: RunSummary[]; cursor?: string }> {
  checkQuery(query);
  const { limit = DEFAULT_LIMIT, cursor } = query;
  const page = await store.listRuns({ ...filterOf(query), now: clock.now() }, limit, cursor);
  const runs = page.runs.map((run) =>
    isDamaged(run) ? showDamaged(run, clock.now()) : showSummary(run),
  );
  return page.cursor === undefined ? { runs } : { runs, cursor: page.cursor };
}

const isText = (value: unknown): boolean => typeof value === "string";
const isChoice = (value: unknown): boolean => typeof value === "boolean";
const isTime = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime());

/** What a query may ask for, how it is told, and in which words. */
const ASKED: Record<keyof RunQuery, [fits: (value: unknown) => boolean, wanted: string]> = {
  status: [
    (value) => RUN_STATUSES.some((status) => status === value),
    `one of ${RUN_STATUSES.join(", ")}`,
  ],
  ended: [isChoice, "true or false"],
  workflow: [isText, "text"],
  version: [isText, "text"],
  tag: [isText, "text"],
  problem: [isChoice, "true or false"],
  createdAfter: [isTime, "a valid Date"],
  createdBefore: [isTime, "a valid Date"],
  limit: [isLimit, `a whole number from 1 to ${LARGEST_PAGE}`],
  cursor: [isText, "text"],
};

/** @throws InvalidInputError for what cannot be meant, be it a filter that there is not. */
export function checkQuery(query: RunQuery): void {
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const [fits, wanted] = Object.hasOwn(ASKED, name) ? ASKED[name as keyof RunQuery] : [];
    if (!fits) throw refuse(name, `left out: a list knows ${Object.keys(ASKED).join(", ")}`);
    if (!fits(value)) throw refuse(name, String(wanted));
  }
}

function filterOf({
  limit: _,
  cursor: __,
  createdAfter,
  createdBefore,
  ...filter
}: RunQuery): RunFilter {
  return {
    ...filter,
    createdAfter: createdAfter?.getTime(),
    createdBefore: createdBefore?.getTime(),
  };
}

function isLimit(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= LARGEST_PAGE;
}

export function checkLimit(limit: number): void {
  if (!isLimit(limit)) throw refuse("limit", ASKED.limit[1]);
}

export function refuse(option: string, wanted: string): InvalidInputError {
  return new InvalidInputError(`The option ${option} must be ${wanted}.`, [
    { message: `must be ${wanted}`, path: [option] },
  ]);
}

const DEFAULT_WAIT_MS = 30_000;
/** The default of every wait that a caller asks for without saying how long. */
export function waitMillis(options: WaitOptions): number {
  return options.timeout === undefined ? DEFAULT_WAIT_MS : toMillis(options.timeout, "timeout");
}

/** How a run has ended: its output, or its error. */
export async function endOf(parts: Parts, head: RunHead): Promise<RunEnd> {
  const { runId, status } = head;
  const end = await closing(parts, head);
  if (end && "output" in end) return { runId, status, output: decode(end.output) };
  return { runId, status, error: await errorOf(parts, head, end && decode(end.error)) };
}

/** @param thrown what the workflow threw, if it did. */
async function errorOf(parts: Parts, head: RunHead, thrown: unknown): Promise<unknown> {
  const { runId, status } = head;
  if (status === "cancelled") return cancellationOf(head);
  if (thrown) return thrown;
  const { reason } = head.termination ?? (await terminationOf(parts, head));
  return new RunEndedError({ runId, status, reason });
}

function cancellationOf({ runId, cancellation }: RunHead): CancellationError {
  const { reason, requestedBy, requestedAt = 0 } = cancellation ?? {};
  return new CancellationError({ reason, requestedBy, requestedAt: new Date(requestedAt), runId });
}

/** Of a head that was written before heads told it. */
async function terminationOf({ heads }: Parts, head: RunHead): Promise<TerminationState> {
  const last = await heads.lastEntry(head);
  const event = last?.events.at(-1);
  return event?.type === "workflow.terminated" ? event : {};
}
