import { toMillis } from "../../core/duration.ts";
import {
  type CancelAnswer,
  ContentionError,
  isEnded,
  StoreDamagedError,
  TimeoutError,
} from "../../http/client/index.ts";
import { columns } from "../columns.ts";
import { asFailure, EXIT, Failure, interrupted, usageFailure } from "../failure.ts";
import type { Answer } from "../output.ts";
import { withProgress } from "../progress.ts";
import type { Session } from "../session.ts";
import { showStatus } from "../status-colour.ts";
import { visible } from "../text.ts";
import type { CancelRequest } from "./cancel-request.ts";
import { type Filter, tellHowMany } from "./filter-options.ts";

const CANCELLING = "detent runs list --status cancelling";

interface Cancelled extends CancelAnswer {
  timedOut?: true;
}

/** Cancels every run that fits, if that was confirmed. */
export async function cancelAll(
  session: Session,
  filter: Filter,
  request: CancelRequest,
  isConfirmed: boolean,
): Promise<void> {
  if (filter.status && isEnded(filter.status)) {
    throw usageFailure(`Runs that are ${filter.status} have ended: there is nothing to cancel.`);
  }
  if (!isConfirmed) throw usageFailure(await tellHowMany(session, filter, "cancel"));
  const { output } = session;
  const { asked, failed } = await askAll(session, filter, request);
  const cancelled = request.wait ? await waitForAll(session, asked, request.timeout) : asked;
  const failure = failed ?? failureIn(cancelled);
  if (failure) output.answerAndFail(show(cancelled), failure);
  else output.answer(show(cancelled));
}

async function askAll(
  { client, shell }: Session,
  filter: Filter,
  { wait: _, timeout: __, ...request }: CancelRequest,
): Promise<{ asked: CancelAnswer[]; failed?: Failure }> {
  const asked: CancelAnswer[] = [];
  const { signal } = shell;
  return await withProgress(
    shell,
    () => `${asked.length} asked to stop`,
    async () => {
      try {
        for await (const answer of client.cancelAll(filter, { ...request, signal })) {
          asked.push(answer);
        }
        return { asked };
      } catch (error) {
        // One of them could not be asked, and all others were.
        const isOfOne = error instanceof StoreDamagedError || error instanceof ContentionError;
        if (isOfOne) return { asked, failed: asFailure(error) };
        // Which ones were asked must not be lost with the one that could not be.
        const known = { runs: asked };
        throw signal.aborted ? interrupted(CANCELLING, known) : asFailure(error, known);
      }
    },
  );
}

/** One timeout for all of them: they clean up at the same time. */
async function waitForAll(
  { client, shell }: Session,
  asked: readonly CancelAnswer[],
  timeout: string,
): Promise<Cancelled[]> {
  const deadline = performance.now() + toMillis(timeout);
  const cancelled: Cancelled[] = [];
  const wait = async (answer: CancelAnswer): Promise<Cancelled> => {
    if (isEnded(answer.status)) return answer;
    const left = Math.max(0, Math.round(deadline - performance.now()));
    const how = { timeout: left, signal: shell.signal };
    try {
      return { ...answer, status: (await client.waitForEnd(answer.runId, how)).status };
    } catch (error) {
      if (error instanceof TimeoutError) return { ...answer, timedOut: true };
      if (!shell.signal.aborted) throw error;
      throw interrupted(CANCELLING, { runs: [...cancelled, ...asked.slice(cancelled.length)] });
    }
  };
  return await withProgress(
    shell,
    () => `${cancelled.length} of ${asked.length} have ended`,
    async () => {
      for (const answer of asked) cancelled.push(await wait(answer));
      return cancelled;
    },
  );
}

/**
 * The failure that the exit code tells. A run that was done before the request reached it is no
 * failure.
 */
function failureIn(cancelled: readonly Cancelled[]): Failure | undefined {
  const late = cancelled.filter(({ timedOut }) => timedOut).length;
  if (late > 0) {
    return new Failure(
      EXIT.timedOut,
      "timeout",
      `${late} of ${cancelled.length} runs did not end in time. The requests to cancel stay in force; look again with ${CANCELLING}`,
    );
  }
  const bad = cancelled.filter(
    ({ outcome, status }) =>
      outcome !== "already-ended" && (status === "failed" || status === "terminated"),
  );
  if (bad.length === 0) return undefined;
  return new Failure(
    EXIT.failed,
    "run.failed",
    `${bad.length} of ${cancelled.length} runs did not finish their clean-up, such as ${bad[0]?.runId}. See where it stopped: detent runs logs ${bad[0]?.runId}`,
  );
}

function show(cancelled: readonly Cancelled[]): Answer & { json: object } {
  return {
    json: { runs: cancelled },
    plain: cancelled.map(({ runId, outcome, status }) => [runId, outcome, status]),
    table: (colours) =>
      cancelled.length === 0
        ? "No run fits, so nothing was cancelled."
        : columns(
            ["RUN", "OUTCOME", "STATUS"],
            cancelled.map(({ runId, outcome, status, timedOut }) => [
              visible(runId),
              outcome,
              `${showStatus(status, colours)}${timedOut ? ", not ended in time" : ""}`,
            ]),
            colours,
          ),
  };
}
