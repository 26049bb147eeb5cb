/** Records as the public sees them: times as `Date`, values decoded. */

import { summarizeError } from "../../core/error-summary.ts";
import { StoreDamagedError } from "../../core/errors.ts";
import type { Entry } from "../../core/events.ts";
import type { CancellationRecord, Problem } from "../../core/run.ts";
import { messageOf } from "../../core/thrown.ts";
import { decode } from "../../core/value.ts";
import type { DamagedRun, RunHead } from "../../ports/store.ts";
import type { Cancellation, Run, RunSummary } from "../engine.ts";
import { generationOf } from "../replay/generation-key.ts";

/** How a run ended: from its head, or from the last entry of its log. */
export type Closing = RunHead["closing"];

/** @param start entry 0 of its log */
export function showRun(
  head: RunHead,
  { start, closing }: { start: Entry | undefined; closing: Closing },
  now: number,
): Run {
  const [event] = start?.events ?? [];
  const summary = showSummary(head);
  try {
    return {
      ...summary,
      input: event?.type === "workflow.started" ? decode(event.input) : undefined,
      ...(closing && "output" in closing && { output: decode(closing.output) }),
      ...(closing && "error" in closing && { error: summarizeError(decode(closing.error)) }),
    };
  } catch (error) {
    const problem = damageOf(`A value of the run cannot be read: ${messageOf(error)}`, now);
    return { ...summary, input: undefined, problem: summary.problem ?? problem };
  }
}

/** What a list shows of a run: nothing that its head alone does not tell. */
export function showSummary(head: RunHead): RunSummary {
  return {
    runId: head.runId,
    generation: generationOf(head),
    workflow: head.workflow,
    version: head.version,
    status: head.status,
    ...(head.failure && { error: head.failure }),
    createdAt: new Date(head.createdAt),
    ...(head.startedAt !== undefined && { startedAt: new Date(head.startedAt) }),
    ...(head.endedAt !== undefined && { endedAt: new Date(head.endedAt) }),
    tags: head.tags,
    ...(head.parent && {
      parent: { runId: head.parent.runId, command: head.parent.command },
    }),
    ...(head.pause && { pause: { ...head.pause, at: new Date(head.pause.at) } }),
    ...(head.termination && {
      termination: { ...head.termination, at: new Date(head.termination.at) },
    }),
    ...(head.cancellation && { cancellation: showCancellation(head.cancellation) }),
    ...(head.problem && { problem: showProblem(head.problem) }),
  };
}

function showProblem({ code, message, at, tries }: Problem): NonNullable<Run["problem"]> {
  return { code, message, at: new Date(at), tries };
}

/** One whose record cannot be read, with what could be read of it. */
export function showDamaged(run: DamagedRun, now: number): RunSummary {
  const {
    runId,
    generation = 1,
    workflow = "",
    version = "",
    status,
    createdAt,
    tags = [],
    damage,
  } = run;
  const problem = damageOf(damage, now);
  const shown = { runId, generation, workflow, version, status, tags, problem };
  return { ...shown, createdAt: new Date(createdAt) };
}

/** As it is found whenever the run is looked at. */
function damageOf(message: string, now: number): Required<Run>["problem"] {
  const { code } = new StoreDamagedError("", "");
  return { code, message, at: new Date(now), tries: 1 };
}

function showCancellation(record: CancellationRecord): Cancellation {
  const { requestedAt, deadline, deliveredAt, ...rest } = record;
  return {
    ...rest,
    requestedAt: new Date(requestedAt),
    ...(deliveredAt !== undefined && { deliveredAt: new Date(deliveredAt) }),
    ...(deadline !== undefined && { deadline: new Date(deadline) }),
  };
}

/** The closing that the last event of a log tells. */
export function closingOf(entry: Entry | undefined): Closing {
  const last = entry?.events.at(-1);
  switch (last?.type) {
    case "workflow.completed":
      return { output: last.output };
    case "workflow.failed":
    case "workflow.cancelled":
      return { error: last.error };
    default:
      return undefined;
  }
}
