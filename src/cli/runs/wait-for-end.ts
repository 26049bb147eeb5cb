/** Waiting for a run's end at a terminal: trouble on the way is told, and its id is never lost. */
import { setTimeout as pause } from "node:timers/promises";
import { type Run, type RunEnd, TimeoutError } from "../../http/client/index.ts";
import { asFailure, Failure, interrupted } from "../failure.ts";
import type { Session } from "../session.ts";
import { showTime, visible } from "../text.ts";

const POLL_EVERY_MS = 1_000;

/**
 * @param known what stands in the document of a failure, whatever made it fail.
 * @throws Failure when it is interrupted or not in time; it names the run's problem, if it has one.
 */
export async function waitForEnd(
  session: Session,
  { runId, timeout }: { runId: string; timeout?: string | undefined },
  known: Record<string, unknown>,
): Promise<RunEnd> {
  const { client, shell } = session;
  const { signal } = shell;
  const over = new AbortController();
  const polling = pollProblem(session, runId, AbortSignal.any([signal, over.signal]));
  try {
    return await client.waitForEnd(runId, { timeout, signal });
  } catch (error) {
    over.abort();
    if (signal.aborted) throw interrupted(`detent runs status ${visible(runId)}`, known);
    throw withProblem(asFailure(error, known), error, await polling);
  } finally {
    over.abort();
    await polling;
  }
}

/** Tells each problem of the run when it comes up. @returns the last one there was. */
async function pollProblem(
  { client, output }: Session,
  runId: string,
  signal: AbortSignal,
): Promise<Run["problem"]> {
  let told: Run["problem"];
  while (!signal.aborted) {
    try {
      await pause(POLL_EVERY_MS, undefined, { signal });
      const { problem } = await client.getRun(runId, { signal });
      if (problem && problem.message !== told?.message) {
        output.warn({ message: `${sayProblem(runId, problem)}\nStill waiting …` });
      }
      told = problem;
    } catch {
      // The wait itself tells what is wrong.
    }
  }
  return told;
}

function sayProblem(runId: string, { message, at }: NonNullable<Run["problem"]>): string {
  return `Run "${visible(runId)}" cannot go on since ${showTime(at)}: ${message}`;
}

function withProblem(failure: Failure, error: unknown, problem: Run["problem"]): Failure {
  if (!problem || !(error instanceof TimeoutError)) return failure;
  const { exitCode, code, document } = failure;
  const message = `The wait is over. ${sayProblem(String(document["runId"]), problem)}\nMend the cause: the run is tried again, and goes on where it was.`;
  return new Failure(exitCode, code, message, { document: { ...document, problem } });
}
