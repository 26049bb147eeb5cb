import type { Logger, LogLevel } from "../../ports/logger.ts";
import type { Observation, ObservedRun, Observer, StepPlace } from "../../ports/observer.ts";

/**
 * An observer that writes what happens to runs to a logger: one line each, with `runId` and
 * `workflow`, and `step` and `attempt` where it is about one. What goes as it should is told at
 * `debug` for steps and at `info` for runs; what somebody may want to look at is a `warn`.
 *
 * @example
 * const engine = createEngine({ workflows, store, scheduler, observer: createLogObserver(logger) });
 */
export function createLogObserver(logger: Logger): Observer {
  return {
    notify(observation) {
      const line = lineOf(observation);
      if (line) logger.child(idsOf(observation))[line.level](line.message, line.fields);
    },
    attempt(attempt) {
      const log = logger.child(idsOf(attempt));
      log.debug("An attempt of a step started");
      return {
        run: (call) => call(),
        ended({ at, ...outcome }) {
          const durationMs = at - attempt.startedAt;
          log.debug("An attempt of a step ended", { ...outcome, durationMs });
        },
      };
    },
  };
}

interface Line {
  level: LogLevel;
  message: string;
  fields?: Record<string, unknown>;
}

function lineOf(observation: Observation): Line | undefined {
  switch (observation.type) {
    case "run.started":
      return { level: "info", message: "A run started" };
    case "run.pickedUp": {
      const { lagMs } = observation;
      return { level: "debug", message: "A run was taken up", fields: { lagMs } };
    }
    case "run.paused":
    case "run.resumed": {
      const { type, reason, requestedBy } = observation;
      const message = type === "run.paused" ? "A run was paused" : "A run was resumed";
      return { level: "info", message, fields: { reason, requestedBy } };
    }
    case "run.ended":
      return lineOfEnd(observation);
    case "run.continued": {
      const { generation } = observation;
      return { level: "info", message: "A run goes on as new", fields: { generation } };
    }
    case "run.problem":
      return undefined; // The engine itself says so, and why.
    case "cancellation.requested": {
      const { reason, requestedBy } = observation;
      const fields = { reason, requestedBy };
      return { level: "info", message: "A cancellation was requested", fields };
    }
    case "cancellation.delivered": {
      const { checkpoint, at, requestedAt, deadline } = observation;
      const fields = { checkpoint, waitedMs: at - requestedAt, deadline: new Date(deadline) };
      return { level: "info", message: "The cancellation was delivered", fields };
    }
    case "step.retrying": {
      const fields = { error: observation.error, retryAt: new Date(observation.retryAt) };
      return { level: "warn", message: "A step failed and is tried again", fields };
    }
    case "step.lost":
      return { level: "warn", message: "A step lost the function that executed it" };
    case "step.ended": {
      const { status, error } = observation;
      const level = status === "completed" ? "debug" : status === "failed" ? "warn" : "info";
      return { level, message: "A step ended", fields: { status, ...(error && { error }) } };
    }
    case "append.conflict":
      return { level: "debug", message: "Another writer was faster, so it is decided again" };
  }
}

function lineOfEnd(ended: Extract<Observation, { type: "run.ended" }>): Line {
  const { status, error, cancellation, termination, at, run } = ended;
  const { cleanup, tooLate, swallowed } = cancellation ?? {};
  const fields = {
    status,
    durationMs: at - run.createdAt,
    ...(error && { error }),
    ...(cleanup && { cleanup }),
    ...(tooLate && { tooLate }),
    ...(swallowed && { swallowed }),
    ...(termination && { termination }),
  };
  const level = status === "failed" || status === "terminated" ? "warn" : "info";
  return { level, message: "A run ended", fields };
}

function idsOf(subject: { run: ObservedRun } & Partial<StepPlace>): Record<string, unknown> {
  const { run, step, attempt } = subject;
  const { runId, workflow } = run;
  return step === undefined ? { runId, workflow } : { runId, workflow, step, attempt };
}
