/**
 * What the periodic function does: it wakes what is due, sends again what may have been lost, and
 * announces what falls due before its next round, so that long timers are exact as well.
 *
 * W1. The index may be out of date, so the head decides, read consistently.
 * W2. The message goes before the head's `dueAt` moves: what is lost between them is sent once more.
 * W3. An announcement moves nothing: if it is lost, the run is woken when it is due.
 * W4. A run that cannot be woken keeps no other from it; the round fails when all have had theirs.
 * W5. One whose head is damaged is set aside until it may be mended, and told of once: it makes no
 *     round fail.
 * W6. A row whose time has come makes its run's head due, and is cleared after that: from there on the
 *     head says when to look again.
 */

import { backoffMs } from "../../core/backoff.ts";
import {
  SchedulerUnavailableError,
  StoreDamagedError,
  StoreUnavailableError,
} from "../../core/errors.ts";
import { inParallel } from "../../core/in-parallel.ts";
import { isEnded } from "../../core/run.ts";
import { nextRound } from "../../platform/event-loop.ts";
import { loggedError } from "../../platform/logged-error.ts";
import { placeOf } from "../../ports/due-list.ts";
import { MAX_DELAY_MS, type Message } from "../../ports/scheduler.ts";
import type { DueRun, RunHead } from "../../ports/store.ts";
import { setAside } from "../commit/report-given-up.ts";
import type { SweepAnswer, SweepOptions } from "../engine.ts";
import { awaitsItsAttempts } from "../session/awaits-attempts.ts";
import type { Worker } from "../session/worker.ts";
import { takeUpRows } from "./take-up-rows.ts";
import { waitsForKnownVersion, wakeRun } from "./wake-run.ts";

const PAGE = 500;
/** How many runs are looked at before others get their turn, and how many messages one call sends. */
const GROUP = 25;
const LONGEST_PAUSE_MS = 900_000;
/** More runs than this are not announced in one round; they are woken when they are due. */
const MOST_ANNOUNCED = 2_000;

export async function sweep(worker: Worker, { horizonMs = 0 }: SweepOptions): Promise<SweepAnswer> {
  const round: Round = { woken: new Set(), failed: new Set(), failures: [] };
  await wakeDue(worker, round);
  const announced = await announce(worker, round, horizonMs);
  const [failure] = round.failures;
  if (failure !== undefined) throw failure;
  return { sent: round.woken.size, ...(horizonMs > 0 && { announced }) };
}

/** What became of the runs that were looked at. */
interface Round {
  woken: Set<string>;
  failed: Set<string>;
  failures: unknown[];
}

async function wakeDue(worker: Worker, round: Round): Promise<void> {
  /** What was woken is due no more; what was not would only be listed again. */
  const left = new Set<string>();
  for (;;) {
    const limit = PAGE + left.size;
    const listed = await worker.store.runs.listDue({ until: worker.clock.now(), limit });
    const due = listed.filter((each) => !left.has(idOf(each)));
    await inGroups(byRun(due), async (group) => {
      await inParallel(group, async (run) => {
        const woken = await guarded(worker, { round, run }, () => wake(worker, run));
        if (woken) round.woken.add(run.runId);
        else for (const part of run.parts) left.add(idOf(part));
      });
    });
    if (listed.length < limit) return;
  }
}

/** What is due of a run: rows of it, its head, or both. */
interface DueParts {
  runId: string;
  parts: DueRun[];
}

function byRun(due: readonly DueRun[]): DueParts[] {
  const runs = new Map<string, DueParts>();
  for (const part of due) {
    const { runId } = part;
    const run = runs.get(runId) ?? { runId, parts: [] };
    run.parts.push(part);
    runs.set(runId, run);
  }
  return [...runs.values()];
}

function idOf(part: DueRun): string {
  return `${part.runId} ${placeOf(part)}`;
}

/** A run that is sent again and again is sent ever less often. */
async function wake(worker: Worker, run: DueParts): Promise<boolean> {
  const { store, clock, scheduler, sessions, settings } = worker;
  await takeUpRows(worker, { runId: run.runId, rows: run.parts.flatMap(({ row }) => row ?? []) });
  const now = clock.now();
  const head = await dueHead(worker, run, now);
  if (!head || isLeftToOthers(worker, head)) return false;
  sessions.get(head.runId)?.knownHead.know(head);
  if (!isAtWork(worker, head)) {
    const { runId } = run;
    const unknownSince = isUnknown(worker, head) ? head.dueAt : undefined;
    await scheduler.send([{ continuation: { runId, sweep: true, unknownSince } }]);
  }
  const pauseMs = backoffMs(
    { firstMs: settings.watchdogMs, longestMs: LONGEST_PAUSE_MS },
    head.resends + 1,
  );
  const deadline = deadlineIn(worker, head);
  const next = deadline > now ? Math.min(now + pauseMs, deadline) : now + pauseMs;
  await store.runs.moveDue(head, { from: head.dueAt, to: next, resends: head.resends + 1 });
  return true;
}

/**
 * What this sweep sends, nobody but its own engine gets; another process that knows the version of the
 * run sweeps as well, and is given time to do so.
 */
function isLeftToOthers(worker: Worker, head: DueHead): boolean {
  const { clock, scheduler, settings } = worker;
  if (!scheduler.returnsHere || !isUnknown(worker, head)) return false;
  return clock.now() - head.dueAt < settings.handOverMs;
}

function isUnknown({ registry }: Worker, { workflow, version }: RunHead): boolean {
  return registry.find(workflow, version) === undefined;
}

/**
 * What executes in this very process needs no message: its turn holds one. Unless the head says more
 * than is known here, such as that the run was asked to stop.
 */
function isAtWork({ sessions }: Worker, { runId, incarnation, position }: RunHead): boolean {
  const session = sessions.get(runId);
  if (session?.key.incarnation !== incarnation) return false;
  return position < session.state.position && awaitsItsAttempts(session);
}

function deadlineIn(
  { registry }: Worker,
  { workflow, version, createdAt, startAt = createdAt, cancellation }: RunHead,
): number {
  const { maxDurationMs = Number.POSITIVE_INFINITY } = registry.find(workflow, version) ?? {};
  return cancellation?.deadline ?? Math.max(createdAt, startAt) + maxDurationMs;
}

/** Sends what falls due before the next round, delayed until then. @returns how many runs. */
async function announce(worker: Worker, round: Round, horizonMs: number): Promise<number> {
  const { store, clock, scheduler } = worker;
  const ahead = Math.min(horizonMs, scheduler.maxDelayMs ?? MAX_DELAY_MS);
  if (ahead <= 0) return 0;
  const now = clock.now();
  const listed = await store.runs.listDue({ until: now + ahead, limit: MOST_ANNOUNCED });
  // The news that a row is about has been told already.
  const soon = listed.filter(
    ({ runId, row }) => !row && !round.woken.has(runId) && !round.failed.has(runId),
  );
  let announced = 0;
  await inGroups(soon, async (group) => {
    const messages = await inParallel(group, (run) =>
      guarded(worker, { round, run }, () => announcement(worker, run, now + ahead)),
    );
    const sent = messages.filter((message) => message !== undefined);
    if (sent.length > 0) await scheduler.send(sent);
    announced += sent.length;
  });
  return announced;
}

async function announcement(
  worker: Worker,
  run: DueRun,
  until: number,
): Promise<Message | undefined> {
  const head = await dueHead(worker, run, until);
  if (!head) return undefined;
  if (waitsForKnownVersion(worker, head)) {
    await wakeRun(worker, run.runId);
    return undefined;
  }
  if (isSeenTo(worker, head) || isLeftToOthers(worker, head)) return undefined;
  const delayMs = Math.max(0, Math.ceil(head.dueAt - worker.clock.now()));
  return { continuation: { runId: run.runId, timer: head.dueAt }, delayMs };
}

/**
 * Whether what the run waits for needs no announcement: the sweep itself set the time to look
 * again, or the run is so young that every timer of it had a message of its own.
 */
function isSeenTo(
  { scheduler, settings }: Worker,
  { createdAt, dueAt, resends }: RunHead & { dueAt: number },
): boolean {
  const maxDelayMs = scheduler.maxDelayMs ?? MAX_DELAY_MS;
  return resends > 0 || dueAt - createdAt + settings.skewMs <= maxDelayMs;
}

/** Of a run that waits for something by a time. */
type DueHead = RunHead & { dueAt: number };

/** The head of a run that has not ended and is due by then (W1). */
async function dueHead(
  { store, clock }: Worker,
  { runId }: Pick<DueRun, "runId">,
  until: number,
): Promise<DueHead | undefined> {
  const head = await store.runs.get(runId, clock.now());
  if (!head || isEnded(head.status)) return undefined;
  const { dueAt } = head;
  return dueAt === undefined || dueAt > until ? undefined : { ...head, dueAt };
}

/** Keeps a failure to the run it concerns (W4), unless nothing works at all. */
async function guarded<T>(
  worker: Worker,
  { round: { failed, failures }, run: { runId } }: { round: Round; run: Pick<DueRun, "runId"> },
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailableError || error instanceof SchedulerUnavailableError) {
      throw error;
    }
    if (error instanceof StoreDamagedError) {
      failed.add(runId);
      await setAside(worker, runId, error);
      return undefined;
    }
    worker.logger.error("A run could not be woken; the next sweep tries again", {
      runId,
      error: loggedError(error),
    });
    failed.add(runId);
    failures.push(error);
    return undefined;
  }
}

async function inGroups<T>(
  items: readonly T[],
  work: (group: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += GROUP) {
    if (from > 0) await nextRound();
    await work(items.slice(from, from + GROUP));
  }
}
