/**
 * The span of a run, which every function that works on the run has a part in.
 *
 * RS1. Its ids follow from the run, so whoever executes an attempt knows the parent of its span
 *      without asking anybody. Each may have started it; only the function whose entry ends the run
 *      ends it, and so only that one's is sent.
 * RS2. Whether a run is recorded is the sampler's to decide, of the run's span. It decides by the
 *      trace's id, so that it comes out the same in every function.
 * RS3. Where the SDK does not take its ids from `createIdGenerator`, the run's span gets another id
 *      and stands in the same trace beside the attempts, all of them children of a span that nobody
 *      sends; and whether the run is recorded, the sampler decides as for a parent that is.
 * RS4. A child has a trace of its own, as what was asked for and goes on by itself has: its span links to
 *      that of the run that it belongs to.
 */
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { ObservedRun } from "../../ports/observer.ts";
import { attributesOfRun } from "./attributes.ts";
import { idsOf, type RunIds, withIds } from "./run-ids.ts";

/** More runs than this are not held at once; one that is let go is started again. */
const MOST_HELD = 500;

export class RunSpans {
  readonly #tracer: Tracer;
  readonly #held = new Map<string, Span>();
  /** The SDK takes its ids from elsewhere. */
  #unpinnable = false;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** What the spans of the run have as their parent. */
  contextOf(run: ObservedRun): SpanContext {
    const ids = idsOf(run);
    const held = this.#hold(run, ids);
    // Remote: the span is ended elsewhere, or later.
    if (held) return { ...held.spanContext(), isRemote: true };
    return spanOf(run);
  }

  /** The run's span, for the one who ends it. */
  take(run: ObservedRun): Span {
    const held = this.#hold(run, idsOf(run));
    if (!held) return this.#start(run, trace.setSpanContext(ROOT_CONTEXT, this.contextOf(run)));
    this.#held.delete(run.incarnation);
    return held;
  }

  /** The span with the ids of the run, as this process has it; none if it cannot have it (RS3). */
  #hold(run: ObservedRun, ids: RunIds): Span | undefined {
    const held = this.#held.get(run.incarnation);
    if (held || this.#unpinnable) return held;
    const span = withIds(ids, () => this.#start(run, ROOT_CONTEXT));
    const context = span?.spanContext();
    // Without ids of its own, it is of an SDK that is not set up yet.
    if (!span || !context || !isSpanContextValid(context)) return undefined;
    if (context.spanId !== ids.spanId) {
      this.#unpinnable = true;
      return undefined;
    }
    this.#keep(run, span);
    return span;
  }

  #keep({ incarnation }: ObservedRun, span: Span): void {
    this.#held.set(incarnation, span);
    if (this.#held.size <= MOST_HELD) return;
    for (const [oldest] of this.#held) {
      this.#held.delete(oldest);
      return;
    }
  }

  #start(run: ObservedRun, parent: Context): Span {
    const links = run.parent ? [{ context: spanOf(run.parent) }] : [];
    const options = { startTime: new Date(run.createdAt), attributes: attributesOfRun(run), links };
    return this.#tracer.startSpan(`run ${run.workflow}`, options, parent);
  }
}

/** Of a run that others may work on. */
function spanOf(run: Pick<ObservedRun, "incarnation">): SpanContext {
  return { ...idsOf(run), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
