import { type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import type { Observer } from "../../ports/observer.ts";
import { Measures } from "./measures.ts";
import { Spans } from "./spans.ts";

export interface TelemetryOptions {
  /** Default: the one that is registered with OpenTelemetry. */
  tracerProvider?: TracerProvider | undefined;
  /** Default: the one that is registered with OpenTelemetry when first something happens. */
  meterProvider?: MeterProvider | undefined;
}

/** The instrumentation's name, as OpenTelemetry asks for it. */
const SCOPE = "detent";

/**
 * Traces and metrics of runs, for an engine: one trace a run, however many functions work on it.
 *
 * @example
 * const engine = createEngine({ workflows, store, scheduler, observer: createTelemetry() });
 */
export function createTelemetry(options: TelemetryOptions = {}): Observer {
  const spans = new Spans((options.tracerProvider ?? trace.getTracerProvider()).getTracer(SCOPE));
  let measures: Measures | undefined;
  // The meter is made when it is first needed: unlike tracers, meters do not wait for a provider.
  const measured = (): Measures => {
    measures ??= new Measures(
      (options.meterProvider ?? metrics.getMeterProvider()).getMeter(SCOPE),
    );
    return measures;
  };
  return {
    notify(observation) {
      measured().notify(observation);
      spans.notify(observation);
    },
    attempt(attempt) {
      const span = spans.attempt(attempt);
      return {
        run: span.run,
        ended(outcome) {
          measured().attempted(attempt, outcome);
          span.ended(outcome);
        },
      };
    },
  };
}
