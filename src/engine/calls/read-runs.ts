/** What the engine answers about runs. Nothing here writes. */

import { USUAL_EVENTS, USUAL_PAGE, USUAL_WAIT_MS } from "../../core/bounds.ts";
import { toMillis } from "../../core/duration.ts";
import { CancellationError, RunEndedError, StoreDamagedError } from "../../core/errors.ts";
import { type Entry, isFromOutside } from "../../core/events.ts";
import { checkOptions, RULES, type Rule, refusedOption } from "../../core/option-rules.ts";
import { isEnded } from "../../core/run.ts";
import type { TerminationState } from "../../core/run-state.ts";
import { decode } from "../../core/value.ts";
import { waitingLine } from "../../core/waiting-for.ts";
import { isDamaged } from "../../ports/run-list.ts";
import type { RunFilter, RunHead } from "../../ports/store.ts";
import type { Run, RunEnd, RunQuery, RunSummary, WaitOptions } from "../engine.ts";
import { loadLog } from "../replay/load-log.ts";
import type { Services } from "../services.ts";
import { headOf } from "./read-head.ts";
import { readWaits } from "./read-waits.ts";
import { type Closing, closingOf, showDamaged, showRun, showSummary } from "./show-run.ts";

/** @throws RunNotFoundError */
export async function getRun(services: Services, runId: string): Promise<Run> {
  const head = await headOf(services, runId);
  const [start] = await loadLog(services.store, head, 1);
  const { problem, ...rest } = head;
  const shown = problem && (await hasGoneOn(services, head)) ? rest : head;
  const values = { start, closing: await closing(services, head) };
  const run = showRun(shown, values, services.clock.now());
  if (isEnded(head.status)) return run;
  const waiting = await readWaits(services, head);
  return {
    ...run,
    ...(waiting && { waitingFor: waitingLine(waiting) }),
    eventLimit: eventLimitOf(services, head),
  };
}

function eventLimitOf({ registry }: Services, { workflow, version }: RunHead): number {
  return registry.find(workflow, version)?.eventLimit ?? USUAL_EVENTS;
}

/**
 * Whether the log went on since a turn could not be done. Who goes on may not have heard of the
 * problem, and a run whose steps follow each other writes nothing to its head; but what comes from
 * outside, or asks it to stop, brings nothing on.
 */
async function hasGoneOn({ store }: Services, head: RunHead): Promise<boolean> {
  const { position } = head.problem ?? {};
  if (position === undefined) return false;
  try {
    const since = await store.log.read(head, { from: position + 1, limit: MOST_REQUESTS });
    return since.some((entry) => !isFromOutside(entry) && !isRequest(entry));
  } catch (error) {
    // What cannot be read brought nothing on.
    if (error instanceof StoreDamagedError) return false;
    throw error;
  }
}

/** How many entries are looked at for one that brings it on. */
const MOST_REQUESTS = 16;

function isRequest({ events }: Entry): boolean {
  return events.every(({ type }) => type === "cancellation.requested");
}

/** A closing that was too large for the head is in the last entry of the log. */
async function closing({ heads }: Services, head: RunHead): Promise<Closing> {
  if (head.closing || !isEnded(head.status)) return head.closing;
  return closingOf(await heads.lastEntry(head));
}

export async function listRuns(
  { store, clock }: Services,
  query: RunQuery,
): Promise<{ runs: RunSummary[]; cursor?: string }> {
  checkQuery(query);
  const { limit = USUAL_PAGE, cursor } = query;
  const page = await store.runs.list({ ...filterOf(query), now: clock.now() }, { limit, cursor });
  const runs = page.runs.map((run) =>
    isDamaged(run) ? showDamaged(run, clock.now()) : showSummary(run),
  );
  return page.cursor === undefined ? { runs } : { runs, cursor: page.cursor };
}

/** What a query may ask for. */
const QUERY: Record<keyof RunQuery, Rule> = {
  status: RULES.status,
  ended: RULES.choice,
  workflow: RULES.label,
  version: RULES.label,
  tag: RULES.label,
  problem: RULES.choice,
  parent: RULES.label,
  createdAfter: RULES.time,
  createdBefore: RULES.time,
  limit: RULES.limit,
  cursor: RULES.cursor,
};

/** @throws InvalidInputError for what cannot be meant, be it a filter that there is not. */
export function checkQuery(query: RunQuery): void {
  const unknown = Object.entries(query).find(
    ([name, value]) => value !== undefined && !Object.hasOwn(QUERY, name),
  );
  if (unknown) {
    throw refusedOption(unknown[0], `left out: a list knows ${Object.keys(QUERY).join(", ")}`);
  }
  checkOptions(query, QUERY);
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

/** How long somebody waits who may not have said how long. */
export function waitMillis({ timeout = USUAL_WAIT_MS }: WaitOptions): number {
  return toMillis(timeout, "timeout");
}

/** How a run has ended: its output, or its error. */
export async function endOf(services: Services, head: RunHead): Promise<RunEnd> {
  const { runId, status } = head;
  const end = await closing(services, head);
  if (end && "output" in end) return { runId, status, output: decode(end.output) };
  return { runId, status, error: await errorOf(services, head, end && decode(end.error)) };
}

/** @param thrown what the workflow threw, if it did. */
async function errorOf(services: Services, head: RunHead, thrown: unknown): Promise<unknown> {
  const { runId, status } = head;
  if (status === "cancelled") return cancellationOf(head);
  if (thrown) return thrown;
  const { reason } = head.termination ?? (await terminationOf(services, head));
  return new RunEndedError({ runId, status, reason });
}

function cancellationOf({ runId, cancellation }: RunHead): CancellationError {
  const { reason, requestedBy, requestedAt = 0 } = cancellation ?? {};
  return new CancellationError({ reason, requestedBy, requestedAt: new Date(requestedAt), runId });
}

/** Of a head that was written before heads told it. */
async function terminationOf({ heads }: Services, head: RunHead): Promise<TerminationState> {
  const last = await heads.lastEntry(head);
  const event = last?.events.at(-1);
  return event?.type === "workflow.terminated" ? event : {};
}
