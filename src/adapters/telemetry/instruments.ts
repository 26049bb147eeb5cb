import type { Counter, Histogram, Meter } from "@opentelemetry/api";

/** In seconds. Steps and lags are short; runs may take days. */
const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
const LONG = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600];

/** What is measured. The type is what the names below come to. */
export type Instruments = ReturnType<typeof createInstruments>;

export function createInstruments(meter: Meter) {
  const count = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(`detent.${name}`, { unit: `{${unit}}`, description });
  const time = (name: string, bounds: readonly number[], description: string): Histogram =>
    meter.createHistogram(`detent.${name}`, {
      unit: "s",
      description,
      advice: { explicitBucketBoundaries: [...bounds] },
    });
  return {
    runsStarted: count("runs.started", "run", "Runs that were started."),
    runsEnded: count("runs.ended", "run", "Runs that have ended, by how."),
    runDuration: time("run.duration", LONG, "From the start of a run to its end."),
    runProblems: count("run.problems", "turn", "Turns that could not be done, by why."),
    stepsEnded: count("steps.ended", "step", "Steps whose end is in the log, by how."),
    stepDuration: time("step.duration", SHORT, "How long one attempt of a step executed."),
    stepRetries: count("step.retries", "attempt", "Attempts that failed and are repeated."),
    stepsLost: count("step.lost", "attempt", "Attempts that lost the function that executed them."),
    generations: count("runs.continued", "run", "Runs that went on as new, each time."),
    pauses: count("runs.paused", "run", "Runs that were paused."),
    resumes: count("runs.resumed", "run", "Paused runs that were let go on."),
    cancellations: count("cancellations.requested", "run", "Runs that were asked to stop."),
    deliveryDuration: time(
      "cancellation.delivery.duration",
      SHORT,
      "From the request to the checkpoint where the cancellation was delivered.",
    ),
    cancellationDuration: time(
      "cancellation.duration",
      SHORT,
      "From the request to the end of the run, clean-up included.",
    ),
    schedulerLag: time(
      "scheduler.lag",
      SHORT,
      "From the moment a run could go on to the one a function took it up.",
    ),
    conflicts: count("append.conflicts", "conflict", "Appends that lost the race for the tail."),
  };
}
