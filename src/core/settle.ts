/** What the end of an attempt means for its step. Pure. */
import { isClaimed, isTask } from "./commands/index.ts";
import { type OpenStep, stepFields } from "./commands/step.ts";
import type { EventOf, LogEvent } from "./events.ts";
import { type Ended, type PolicedAttempt, pauseAfter } from "./retry.ts";
import type { RunState } from "./run-state.ts";
import type { Task, TaskEnd } from "./task.ts";
import type { Encoded } from "./value.ts";

export type AttemptEnd =
  | { type: "returned"; result: Encoded }
  /**
   * `final` when another attempt could not do better, `cancellation` when the code says that it
   * stopped because its run was asked to, `leftBehind` when it outlived its timeout and still executes.
   */
  | ({ type: "threw"; error: Error; encoded: Encoded } & {
      final: boolean;
      cancellation: boolean;
      leftBehind?: true;
    });

export type Verdict =
  | TaskEnd
  | { type: "retry"; afterMs: number; error: Encoded; leftBehind?: true };

/** What an attempt's end comes to, whatever else the log says. */
export function judge(end: AttemptEnd, attempt: PolicedAttempt, ended: Ended): Verdict {
  if (end.type === "returned") return { type: "completed", result: end.result };
  const { error } = end;
  if (end.cancellation) return { type: "cancelled", error: end.encoded };
  const failure = { error: end.encoded, ...leftBehindIn(end) };
  const afterMs = end.final ? undefined : pauseAfter(attempt, error, ended);
  return afterMs === undefined
    ? { type: "failed", ...failure }
    : { type: "retry", afterMs, ...failure };
}

function leftBehindIn({ leftBehind }: { leftBehind?: true }): { leftBehind?: true } {
  return leftBehind ? { leftBehind } : {};
}

/**
 * The event that records a verdict, or none if the attempt no longer counts.
 * After a request, a step that fails is not retried: the delivery rejects it, with its failure as
 * the cause. A step that stops by itself although nobody asked has failed.
 */
export function record(
  state: RunState,
  { command, claim }: { command: number; claim: string },
  { verdict, now }: { verdict: Verdict; now: number },
): LogEvent[] {
  const open = state.open.get(command);
  if (state.ended || !isClaimed(open) || open.phase.claim !== claim) return [];
  if (verdict.type !== "retry") return [ended(state, open, verdict)];
  const failure = { ...stepFields(open), error: verdict.error, ...leftBehindIn(verdict) };
  if (isStopping(state, open)) return [{ type: "step.cancelled", ...failure }];
  return [{ type: "step.retrying", ...failure, retryAt: now + verdict.afterMs }];
}

/**
 * The end of a task, if its attempt is the one that the log waits for. A task that was taken for
 * dead and claimed in the log may be scheduled again, and its former holder may finish it late;
 * that end does not count.
 */
export function endOf(task: Task, { attempt }: OpenStep): TaskEnd | undefined {
  return task.attempt < attempt ? undefined : task.end;
}

/**
 * The event that absorbs a task which has ended, or which a cancellation keeps from another
 * attempt; none if the task was absorbed before, or its end does not count.
 */
export function absorb(state: RunState, task: Task): LogEvent[] {
  const open = state.open.get(task.command);
  if (state.ended || !isTask(open)) return [];
  const end = endOf(task, open);
  if (end) return [withStart(ended(state, { ...open, attempt: task.attempt }, end), task)];
  if (task.end && !isStopping(state, open)) return [];
  if (task.attempt < open.attempt) return [{ type: "step.cancelled", ...stepFields(open) }];
  const { attempt, error } = task;
  const failure = { ...stepFields({ ...open, attempt }), error, ...leftBehindIn(task) };
  return [withStart({ type: "step.cancelled", ...failure }, task)];
}

function withStart<Event extends LogEvent>(event: Event, { startedAt }: Task): Event {
  return startedAt === undefined ? event : { ...event, startedAt };
}

function isStopping({ cancellation }: RunState, { shielded }: OpenStep): boolean {
  return cancellation !== undefined && !shielded;
}

function ended(
  state: RunState,
  open: OpenStep,
  verdict: TaskEnd,
): EventOf<"step.completed" | "step.failed" | "step.cancelled"> {
  const fields = stepFields(open);
  switch (verdict.type) {
    case "completed":
      return { type: "step.completed", ...fields, result: verdict.result };
    case "failed":
    case "cancelled": {
      const type = isStopping(state, open) ? "step.cancelled" : "step.failed";
      const left = verdict.type === "failed" ? leftBehindIn(verdict) : {};
      return { type, ...fields, error: verdict.error, ...left };
    }
  }
}
