/** Ending runs, gracefully or at once; and having them go on. */
import { LARGEST_PAGE, USUAL_WAIT_MS } from "../../core/bounds.ts";
import { collecting } from "../../core/collecting.ts";
import type {
  CancelAnswer,
  CancelOptions,
  PauseAnswer,
  PauseOptions,
  ResumeRunAnswer,
  RunQuery,
  TerminateAnswer,
  TerminateOptions,
  WakeAnswer,
} from "../../engine/engine.ts";
import { placeOf } from "../protocol/address.ts";
import type { CallOptions } from "./client.ts";
import { listRuns } from "./read.ts";
import { type Call, type Means, send, successOf } from "./transport.ts";
import { endOf, type Wait, waitUntil } from "./wait-for-end.ts";

type How = CancelOptions & CallOptions;

export async function cancelRun(means: Means, runId: string, how: How = {}): Promise<CancelAnswer> {
  const wait = waitUntil(how.timeout ?? USUAL_WAIT_MS, how.signal);
  return await onceEnded(means, await requestCancel(means, runId, how), wait, how);
}

/**
 * Every run is asked before the first one is waited for. One that is slow, contended or damaged
 * keeps no other from being asked; it is thrown in the end.
 */
export async function* cancelAll(
  means: Means,
  filter: RunQuery,
  how: How = {},
): AsyncGenerator<CancelAnswer> {
  const asked: { answer: CancelAnswer; wait: Wait }[] = [];
  const failures: Error[] = [];
  for await (const runId of unendedRuns(means, filter, how)) {
    const wait = waitUntil(how.timeout ?? USUAL_WAIT_MS, how.signal);
    const answer = await collecting(failures, requestCancel(means, runId, how));
    if (!answer) continue;
    if (how.wait) asked.push({ answer, wait });
    else yield answer;
  }
  for (const { answer, wait } of asked) {
    const ended = await collecting(failures, onceEnded(means, answer, wait, how));
    if (ended) yield ended;
  }
  if (failures[0]) throw failures[0];
}

export function terminateRun(
  means: Means,
  runId: string,
  { reason, requestedBy, signal }: TerminateOptions & CallOptions = {},
): Promise<TerminateAnswer> {
  const body = { reason, requestedBy };
  // A terminate is not repeated: after a lost answer the second one would say that somebody else
  // had ended the run.
  return postToRun(means, { runId, path: "terminate", body, repeatable: false, signal });
}

export function pauseRun(
  means: Means,
  runId: string,
  how: PauseOptions & CallOptions = {},
): Promise<PauseAnswer> {
  return askOf(means, runId, { ...how, path: "pause" });
}

export function resumeRun(
  means: Means,
  runId: string,
  how: PauseOptions & CallOptions = {},
): Promise<ResumeRunAnswer> {
  return askOf(means, runId, { ...how, path: "resume" });
}

function askOf<Answer extends PauseAnswer | ResumeRunAnswer>(
  means: Means,
  runId: string,
  { path, reason, requestedBy, signal }: PauseOptions & CallOptions & { path: string },
): Promise<Answer> {
  const body = { reason, requestedBy };
  return postToRun(means, { runId, path, body, repeatable: true, signal });
}

/** Asks it of every run that fits; what keeps one from being asked is thrown in the end. */
export async function* askAll<Answer>(
  means: Means,
  { filter, how }: { filter: RunQuery; how: CallOptions | undefined },
  ask: (runId: string) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const failures: Error[] = [];
  for await (const runId of unendedRuns(means, filter, how ?? {})) {
    const answer = await collecting(failures, ask(runId));
    if (answer) yield answer;
  }
  if (failures[0]) throw failures[0];
}

export function wakeRun(
  means: Means,
  runId: string,
  { signal }: CallOptions = {},
): Promise<WakeAnswer> {
  return postToRun(means, { runId, path: "wake", body: {}, repeatable: true, signal });
}

function requestCancel(
  means: Means,
  runId: string,
  { reason, requestedBy, gracePeriod, signal }: How,
): Promise<CancelAnswer> {
  const body = { reason, requestedBy, gracePeriod };
  return postToRun(means, { runId, path: "cancel", body, repeatable: true, signal });
}

/** For a run that has ended the app answers an error with the outcome beside it. */
async function postToRun<
  Answer extends CancelAnswer | PauseAnswer | ResumeRunAnswer | TerminateAnswer | WakeAnswer,
>(
  means: Means,
  { runId, path, ...call }: Omit<Call, "method"> & { runId: string },
): Promise<Answer> {
  const place = placeOf(`/runs/{runId}/${path}`, { runId });
  const answer = await send(means, { ...call, ...place, method: "POST" });
  if (answer.error?.code !== "run.ended") return successOf<Answer>(answer);
  const { outcome, status } = answer.value as Answer;
  return { runId, outcome, status } as Answer;
}

async function onceEnded(
  means: Means,
  answer: CancelAnswer,
  until: Wait,
  { wait }: How,
): Promise<CancelAnswer> {
  if (!wait || answer.outcome === "already-ended") return answer;
  const { status } = await endOf(means, answer.runId, until);
  return { ...answer, status };
}

/**
 * The ids of the runs that fit and have not ended, newest first. A run keeps its place in the list
 * as long as it has not ended, whatever its status. The list is read twice, because an index that
 * is behind may have missed runs that were started just before.
 */
async function* unendedRuns(
  means: Means,
  filter: RunQuery,
  how: CallOptions,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const isLast of [false, true]) {
    let cursor: string | undefined;
    do {
      const query = { ...filter, ended: false, limit: LARGEST_PAGE, cursor };
      const page = await listRuns(means, query, how);
      const unseen = page.runs.map(({ runId }) => runId).filter((runId) => !seen.has(runId));
      for (const runId of unseen) {
        seen.add(runId);
        yield runId;
      }
      // What is new is in front of all that was listed before.
      cursor = isLast && unseen.length < page.runs.length ? undefined : page.cursor;
    } while (cursor !== undefined);
  }
}
