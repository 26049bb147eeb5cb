/** What the engine answers about runs. Nothing here writes. */

import { LABEL, LARGEST_PAGE } from "../../core/bounds.ts";
import { toMillis } from "../../core/duration.ts";
import {
  CancellationError,
  InvalidInputError,
  RunEndedError,
  RunNotFoundError,
} from "../../core/errors.ts";
import { isEnded, RUN_STATUSES } from "../../core/run.ts";
import type { TerminationState } from "../../core/run-state.ts";
import { decode } from "../../core/value.ts";
import type { RunFilter, RunHead } from "../../ports/store.ts";
import type { Run, RunEnd, RunQuery, RunSummary, WaitOptions } from "../engine.ts";
import type { Parts } from "../services.ts";
import { loadLog } from "../session/load-log.ts";
import { type Closing, closingOf, showRun, showSummary } from "./show-run.ts";

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
  return showRun(shown, start, await closing(parts, head));
}

/**
 * Whether the log went on since a turn could not be done. Who goes on may not have heard of the
 * problem, and a run whose steps follow each other writes nothing to its head; but a request to stop
 * brings nothing on.
 */
async function hasGoneOn({ store }: Parts, head: RunHead): Promise<boolean> {
  const { position } = head.problem ?? {};
  if (position === undefined) return false;
  const since = await store.read(head, position + 1, 2);
  return since.some(({ events }) => events.some(({ type }) => type !== "cancellation.requested"));
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
  const { limit = DEFAULT_LIMIT, cursor } = query;
  checkLimit(limit);
  const page = await store.listRuns({ ...filterOf(query), now: clock.now() }, limit, cursor);
  const runs = page.heads.map(showSummary);
  return page.cursor === undefined ? { runs } : { runs, cursor: page.cursor };
}

/** @throws InvalidInputError for a status, time, workflow or tag that cannot be meant. */
export function checkQuery(query: RunQuery): void {
  const { status, workflow, tag, problem, createdAfter, createdBefore } = query;
  if (status !== undefined && !RUN_STATUSES.includes(status)) {
    throw refuse("status", `one of ${RUN_STATUSES.join(", ")}`);
  }
  for (const [name, text] of Object.entries({ workflow, tag })) {
    if (text !== undefined && typeof text !== "string") throw refuse(name, "text");
  }
  if (problem !== undefined && typeof problem !== "boolean") {
    throw refuse("problem", "true or false");
  }
  for (const [name, time] of Object.entries({ createdAfter, createdBefore })) {
    if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
      throw refuse(name, "a valid Date");
    }
  }
}

function filterOf(query: RunQuery): RunFilter {
  checkQuery(query);
  const { status, workflow, tag, problem, createdAfter, createdBefore } = query;
  return {
    status,
    workflow,
    tag,
    problem,
    createdAfter: createdAfter?.getTime(),
    createdBefore: createdBefore?.getTime(),
  };
}

export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return;
  throw refuse("limit", `a whole number from 1 to ${LARGEST_PAGE}`);
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
