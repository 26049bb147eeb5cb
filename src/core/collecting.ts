import { ContentionError, RunNotFoundError, StoreDamagedError, TimeoutError } from "./errors.ts";

/**
 * What was asked of one run of many: its answer, or nothing where there is none, because something is
 * the matter with that run, which is kept among the failures, or because it was deleted meanwhile.
 */
export async function collecting<Answer>(
  failures: Error[],
  answer: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isOfOneRun(error)) failures.push(error);
    else if (!(error instanceof RunNotFoundError)) throw error;
    return undefined;
  }
}

function isOfOneRun(error: unknown): error is Error {
  return (
    error instanceof TimeoutError ||
    error instanceof ContentionError ||
    error instanceof StoreDamagedError
  );
}
