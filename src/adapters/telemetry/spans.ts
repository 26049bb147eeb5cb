/** The spans of runs: of each run, of each attempt of a step, and of clean-up. */
import {
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type {
  AttemptObserver,
  Observation,
  ObservedAttempt,
  ObservedRun,
} from "../../ports/observer.ts";
import {
  attributesOfRun,
  attributesOfStep,
  CHECKPOINT,
  CLEANUP_FINISHED,
  CLEANUP_STEPS,
  ERROR_TYPE,
  OUTCOME,
  REASON,
  REQUESTED_BY,
  RUN_ID,
  RUN_STATUS,
  SWALLOWED,
  TERMINATED_BY,
  TERMINATION_REASON,
  TOO_LATE,
  typeOf,
} from "./attributes.ts";
import { RunSpans } from "./run-spans.ts";

type RunEnded = Extract<Observation, { type: "run.ended" }>;

/** The invocation that asked for it shows of which run. */
const ASKED_FROM_OUTSIDE: ReadonlySet<Observation["type"]> = new Set([
  "run.started",
  "run.paused",
  "run.resumed",
  "cancellation.requested",
]);

export class Spans {
  readonly #tracer: Tracer;
  readonly #runs: RunSpans;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
    this.#runs = new RunSpans(tracer);
  }

  notify(observation: Observation): void {
    const { type, run } = observation;
    if (ASKED_FROM_OUTSIDE.has(type)) this.#linkFromHere(run);
    if (type === "run.ended") this.#endRun(observation);
    if (type === "run.continued") this.#endGeneration(observation);
  }

  attempt(attempt: ObservedAttempt): AttemptObserver {
    const { run, step, startedAt } = attempt;
    const parent = trace.setSpanContext(context.active(), this.#runs.contextOf(run));
    const span = this.#tracer.startSpan(
      `step ${step}`,
      {
        startTime: new Date(startedAt),
        attributes: { ...attributesOfRun(run), ...attributesOfStep(attempt) },
        links: linksToHere(),
      },
      parent,
    );
    const inside = trace.setSpan(parent, span);
    return {
      run: (call) => context.with(inside, call),
      ended({ at, outcome, error }) {
        span.setAttribute(OUTCOME, outcome);
        if (error && outcome === "failed") fail(span, typeOf(error));
        span.end(new Date(at));
      },
    };
  }

  /** The invocation that asked for something shows of which run. */
  #linkFromHere(run: ObservedRun): void {
    const here = trace.getActiveSpan();
    if (!here?.isRecording()) return;
    here.addLink({ context: this.#runs.contextOf(run), attributes: { [RUN_ID]: run.runId } });
  }

  /** Each generation has a trace of its own. */
  #endGeneration({ run, at }: Observation): void {
    const span = this.#runs.take(run);
    span.setAttribute(RUN_STATUS, "continued");
    for (const link of linksToHere()) span.addLink(link);
    span.end(new Date(at));
  }

  #endRun(ended: RunEnded): void {
    const { run, at, status, error, cancellation, termination } = ended;
    const span = this.#runs.take(run);
    span.setAttribute(RUN_STATUS, status);
    for (const link of linksToHere()) span.addLink(link);
    if (cancellation) this.#showCancellation(span, ended, cancellation);
    if (status === "failed") fail(span, error ? typeOf(error) : status);
    if (termination) showTermination(span, termination);
    span.end(new Date(at));
  }

  #showCancellation(
    span: Span,
    { run, at }: RunEnded,
    cancellation: NonNullable<RunEnded["cancellation"]>,
  ): void {
    const { reason, requestedBy, requestedAt, deliveredAt, checkpoint, cleanup } = cancellation;
    const asked = {
      ...(reason !== undefined && { [REASON]: reason }),
      ...(requestedBy !== undefined && { [REQUESTED_BY]: requestedBy }),
    };
    span.addEvent("cancellation.requested", asked, new Date(requestedAt));
    if (cancellation.tooLate) span.setAttribute(TOO_LATE, true);
    if (cancellation.swallowed) span.setAttribute(SWALLOWED, true);
    if (deliveredAt === undefined) return;
    const where = checkpoint === undefined ? {} : { [CHECKPOINT]: checkpoint };
    span.addEvent("cancellation.delivered", where, new Date(deliveredAt));
    const attributes = {
      ...attributesOfRun(run),
      ...(cleanup && {
        [CLEANUP_STEPS]: cleanup.steps,
        [CLEANUP_FINISHED]: cleanup.finished,
      }),
    };
    const startTime = new Date(deliveredAt);
    const parent = trace.setSpan(ROOT_CONTEXT, span);
    const cleaning = this.#tracer.startSpan("clean-up", { startTime, attributes }, parent);
    if (cleanup && !cleanup.finished) cleaning.setStatus({ code: SpanStatusCode.ERROR });
    cleaning.end(new Date(at));
  }
}

/**
 * A link to the span of the invocation, which belongs to another trace, such as of a request or a
 * message.
 */
function linksToHere(): Link[] {
  const here = trace.getActiveSpan()?.spanContext();
  return here && isSpanContextValid(here) ? [{ context: here }] : [];
}

/** No clean-up was done, or not all of it. */
function showTermination(
  span: Span,
  { reason, requestedBy }: NonNullable<RunEnded["termination"]>,
): void {
  if (reason !== undefined) span.setAttribute(TERMINATION_REASON, reason);
  if (requestedBy !== undefined) span.setAttribute(TERMINATED_BY, requestedBy);
  fail(span, "terminated");
}

function fail(span: Span, type: string): void {
  span.setAttribute(ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
