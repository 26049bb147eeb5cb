/**
 * What is recorded on a run's head whose message was given up. Neither its log nor its code is looked
 * at: they may be what made every turn fail.
 */
import { DetentError, StoreDamagedError } from "../../core/errors.ts";
import { isEnded, type Problem } from "../../core/run.ts";
import { textOf } from "../../core/thrown.ts";
import { loggedError } from "../../platform/logged-error.ts";
import type { HeadChange, RunHead } from "../../ports/store.ts";
import type { Worker } from "../session/worker.ts";
import { changeForProblem, tellProblem } from "./record-problem.ts";

const TRIES = 3;

const GIVEN_UP = new DetentError(
  "turn.givenUp",
  "Its turns ended without an answer, one after the other: each was killed, ran out of time or memory, or failed. Look at the log of the function that takes turns; code that loops without awaiting a step or sleep leaves none.",
);

/**
 * Records that a message was given up, before it is tried once more: that turn may kill its function
 * like those before. Only if the last one has left the same does anybody hear of it.
 * @returns what was recorded; nothing if the run has ended or is not there.
 */
export async function noteGivenUp(worker: Worker, runId: string): Promise<Problem | undefined> {
  return await changeHead(worker, runId, (head) => {
    const change = changeForProblem(
      worker,
      { problem: head.problem, deadline: deadlineIn(head) },
      GIVEN_UP,
    );
    const told = (): void => {
      if (head.problem?.code === GIVEN_UP.code) tellProblem(worker, head, change.problem);
      else worker.logger.warn("A message of a run was given up, and is tried once more", { runId });
    };
    return { change, told };
  });
}

/** @param instead what was noted before, which counts as the same try. */
export async function reportProblem(
  worker: Worker,
  runId: string,
  { thrown, instead }: { thrown: unknown; instead?: Problem | undefined },
): Promise<void> {
  const error = asProblem(thrown);
  await changeHead(worker, runId, (head) => {
    const { problem } = head;
    const before = isSame(problem, instead) ? { ...problem, tries: problem.tries - 1 } : problem;
    const change = changeForProblem(worker, { problem: before, deadline: deadlineIn(head) }, error);
    return { change, told: () => tellProblem(worker, head, change.problem) };
  });
}

/**
 * Records that the scheduler has given up a message. If even that cannot be done, the log has it, and
 * the sweep sends the message again.
 */
export async function reportRefused(worker: Worker, runId: string, why: Error): Promise<void> {
  try {
    await reportProblem(worker, runId, { thrown: why });
  } catch (error) {
    const message =
      "A run could not be told why its message was given up; the sweep sends it again";
    worker.logger.error(message, { runId, error: loggedError(error) });
  }
}

/** Takes a problem away that is no more, if it still stands. */
export async function withdrawProblem(
  worker: Worker,
  runId: string,
  problem: Problem,
): Promise<void> {
  await changeHead(worker, runId, (head) => {
    if (!isSame(head.problem, problem)) return undefined;
    const soon = worker.clock.now() + worker.settings.watchdogMs;
    const isLate = head.dueAt !== undefined && head.dueAt > soon;
    return { change: { problem: null, ...(isLate && { dueAt: soon }) } };
  });
}

interface Wanted {
  change: HeadChange;
  /** Called when it is recorded. */
  told?: () => void;
}

/** How long a damaged head is left alone. */
const DAMAGED_PAUSE_MS = 900_000;

/**
 * Leaves a run alone for a while whose head is damaged, and with it all that could be recorded there.
 * Whoever is the first to find the damage tells of it.
 */
export async function setAside(
  { store, clock, logger }: Worker,
  runId: string,
  { code, message }: StoreDamagedError,
): Promise<void> {
  const isNews = await store.runs.setAside(runId, clock.now() + DAMAGED_PAUSE_MS);
  if (isNews) logger.error(`Run ${runId} cannot go on: ${message}`, { runId, code, tries: 1 });
  else logger.debug("A run with a damaged record was left alone", { runId, code });
}

/** @returns the problem that was recorded. */
async function changeHead(
  worker: Worker,
  runId: string,
  wantedFor: (head: RunHead) => Wanted | undefined,
): Promise<Problem | undefined> {
  try {
    return await changeReadable(worker, runId, wantedFor);
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    await setAside(worker, runId, error);
    return undefined;
  }
}

async function changeReadable(
  { store, clock, sessions }: Worker,
  runId: string,
  wantedFor: (head: RunHead) => Wanted | undefined,
): Promise<Problem | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await store.runs.get(runId, clock.now());
    const wanted = head && !isEnded(head.status) ? wantedFor(head) : undefined;
    if (!head || !wanted) return undefined;
    const { ok } = await store.runs.patch(head, {
      position: head.position,
      change: wanted.change,
      readDueAt: head.dueAt,
    });
    if (!ok) continue;
    wanted.told?.();
    // What is kept here of the run does not know of its problem, and could not take it away.
    const session = sessions.get(runId);
    if (session && !session.busy) session.retired = true;
    return wanted.change.problem ?? undefined;
  }
  return undefined;
}

function isSame(standing: Problem | undefined, noted: Problem | undefined): standing is Problem {
  return noted !== undefined && standing?.at === noted.at && standing.code === noted.code;
}

function deadlineIn({ cancellation }: RunHead): number | undefined {
  return cancellation?.deadline;
}

function asProblem(thrown: unknown): DetentError {
  if (thrown instanceof DetentError) return thrown;
  const why = textOf(thrown);
  return new DetentError("turn.failed", `A turn of the run failed: ${why}`, { cause: thrown });
}
