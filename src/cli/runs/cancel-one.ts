import type { CancelAnswer, Run, Termination } from "../../http/client/index.ts";
import { EXIT, Failure } from "../failure.ts";
import type { Session } from "../session.ts";
import { visible } from "../text.ts";
import { withCancelProgress } from "./cancel-progress.ts";
import type { CancelRequest } from "./cancel-request.ts";
import { readWholeRun } from "./read-whole-run.ts";
import { showRun } from "./show-run.ts";
import { endedBefore } from "./terminate-command.ts";
import { waitForEnd } from "./wait-for-end.ts";

/** Cancels one run, and tells how it ended if that is waited for. */
export async function cancelOne(
  session: Session,
  runId: string,
  { wait, timeout, ...request }: CancelRequest,
): Promise<void> {
  const { client, output, shell } = session;
  const answer = await client.cancel(runId, { ...request, signal: shell.signal });
  if (answer.outcome === "already-ended") throw endedBefore(answer);
  if (wait) return await tellEnd(session, answer, timeout);
  output.answer({
    json: answer,
    plain: [[runId, answer.outcome, answer.status]],
    table: ({ bold }) => tellRequest(answer, bold(visible(runId))),
  });
}

function tellRequest({ outcome, status }: CancelAnswer, run: string): string {
  if (status === "cancelled") return `Cancelled ${run} before any of its code had run.`;
  const before = outcome === "already-requested" ? "was asked to stop before; it" : "";
  return `${run} ${before} will stop at its next checkpoint. Add --wait to see it end.`;
}

async function tellEnd(session: Session, answer: CancelAnswer, timeout: string): Promise<void> {
  const { client, output, shell } = session;
  const { runId } = answer;
  const { signal } = shell;
  const known = { runId, outcome: answer.outcome, status: "cancelling" };
  await withCancelProgress(session, runId, () =>
    waitForEnd(session, { runId, timeout }, known),
  ).catch((error: unknown) => {
    throw error instanceof Failure && error.exitCode === EXIT.timedOut ? inForce(error) : error;
  });
  const whole = await readWholeRun(client, runId, signal);
  const { status, cancellation, termination } = whole.run;
  const told = {
    json: { ...answer, status, cancellation, termination, cleanUp: whole.cleanUp },
    plain: [[runId, answer.outcome, status]],
    table: (colours: typeof output.colours) => showRun(whole, new Date(), colours),
  };
  if (status === "cancelled") output.answer(told);
  else output.answerAndFail(told, notCancelled(whole.run));
}

function inForce({ exitCode, code, message, document }: Failure): Failure {
  const more = `The request to cancel stays in force. See what it waits for: detent runs status ${document["runId"]}`;
  return new Failure(exitCode, code, `${message}\n${more}`, { document });
}

/** Why a run that was cancelled has ended in another way. */
function notCancelled({ runId, status, cancellation, termination }: Run): Failure {
  const run = `Run "${runId}"`;
  if (status === "completed") {
    const why = cancellation?.tooLate
      ? "the cancellation came too late, as no checkpoint was left"
      : "its workflow swallowed the cancellation";
    return new Failure(EXIT.alreadyEnded, "run.ended", `${run} has completed: ${why}.`);
  }
  const after = cancellation?.tooLate
    ? " by itself: the cancellation came too late, as no checkpoint was left"
    : `${orderOf(termination)}, so its clean-up is not done`;
  return new Failure(
    EXIT.failed,
    `run.${status}`,
    `${run} has ended as ${status}${after}. See where it stopped: detent runs logs ${runId}`,
  );
}

/** By whom it was ended at once, and why. */
function orderOf({ requestedBy, reason }: Partial<Termination> = {}): string {
  const who = requestedBy === undefined ? "" : ` by ${requestedBy}`;
  return reason === undefined ? who : `${who}: ${reason.replace(/\.$/, "")}`;
}
