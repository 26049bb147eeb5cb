import { ContentionError, RunNotFoundError, StoreDamagedError, TimeoutError } from "./errors.ts";

/**
 * The answer of one run of many that are asked. A failure of this run alone is kept among
 * `failures`, and a run that was deleted meanwhile has no answer; neither ends the loop over the
 * others.
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
