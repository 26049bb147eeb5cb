/**
 * What is counted and timed. The attributes are few and bounded: names of workflows and steps,
 * statuses, codes of the engine; never the id of a run, nor what user code calls its errors.
 */
import type { Meter } from "@opentelemetry/api";
import type { AttemptOutcome, Observation, ObservedAttempt } from "../../ports/observer.ts";
import { ERROR_TYPE, OUTCOME, RUN_STATUS, STEP, STEP_STATUS, WORKFLOW } from "./attributes.ts";
import { createInstruments, type Instruments } from "./instruments.ts";

export class Measures {
  readonly #instruments: Instruments;

  constructor(meter: Meter) {
    this.#instruments = createInstruments(meter);
  }

  notify(observation: Observation): void {
    const to = this.#instruments;
    const workflow = { [WORKFLOW]: observation.run.workflow };
    switch (observation.type) {
      case "run.started":
        to.runsStarted.add(1, workflow);
        break;
      case "run.pickedUp":
        to.schedulerLag.record(observation.lagMs / 1000, workflow);
        break;
      case "run.paused":
        to.pauses.add(1, workflow);
        break;
      case "run.resumed":
        to.resumes.add(1, workflow);
        break;
      case "run.continued":
        to.generations.add(1, workflow);
        break;
      case "run.ended":
        this.#end(observation);
        break;
      case "run.problem":
        to.runProblems.add(1, { ...workflow, [ERROR_TYPE]: observation.code });
        break;
      case "cancellation.requested":
        to.cancellations.add(1, workflow);
        break;
      case "cancellation.delivered":
        to.deliveryDuration.record(secondsSince(observation.requestedAt, observation), workflow);
        break;
      case "step.retrying":
        to.stepRetries.add(1, { ...workflow, [STEP]: observation.step });
        break;
      case "step.lost":
        to.stepsLost.add(1, { ...workflow, [STEP]: observation.step });
        break;
      case "step.ended": {
        const { step, status } = observation;
        to.stepsEnded.add(1, { ...workflow, [STEP]: step, [STEP_STATUS]: status });
        break;
      }
      case "append.conflict":
        to.conflicts.add(1, workflow);
    }
  }

  attempted({ run, step, startedAt }: ObservedAttempt, outcome: AttemptOutcome): void {
    this.#instruments.stepDuration.record(secondsSince(startedAt, outcome), {
      [WORKFLOW]: run.workflow,
      [STEP]: step,
      [OUTCOME]: outcome.outcome,
    });
  }

  #end(ended: Extract<Observation, { type: "run.ended" }>): void {
    const { run, status, cancellation } = ended;
    const { runsEnded, runDuration, cancellationDuration } = this.#instruments;
    const attributes = { [WORKFLOW]: run.workflow, [RUN_STATUS]: status };
    runsEnded.add(1, attributes);
    runDuration.record(secondsSince(run.createdAt, ended), attributes);
    if (!cancellation) return;
    cancellationDuration.record(secondsSince(cancellation.requestedAt, ended), attributes);
  }
}

function secondsSince(from: number, { at }: { at: number }): number {
  return Math.max(0, at - from) / 1000;
}
