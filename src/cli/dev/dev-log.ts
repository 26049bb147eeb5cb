/**
 * What `detent dev` tells of runs as they go: a line for each thing that happens, with the time, the
 * workflow and the run; below a failure its words and the frames of the user's own code.
 */
import {
  type AttemptOutcome,
  LOG_LEVELS,
  type Logger,
  type LogLevel,
  type Observation,
  type ObservedAttempt,
  type Observer,
} from "../../engine/index.ts";
import type { ErrorSummary } from "../../http/client/index.ts";
import type { Colours } from "../output.ts";
import { showDuration, showTime, showValue, visible } from "../text.ts";
import { userFrames } from "./user-frames.ts";

export type DevLogLevel = LogLevel | "silent";

export interface DevLog {
  /** Of the engine: its own lines, and those of workflow code and steps. */
  logger: Logger;
  observer: Observer;
}

export interface DevLogOptions {
  level: DevLogLevel;
  colours: Colours;
  write(text: string): void;
  /** The error of a run that has failed, as its record has it. */
  errorOf(runId: string): Promise<ErrorSummary | undefined>;
}

interface Place {
  runId: string;
  workflow: string;
  step?: string | undefined;
  attempt?: number | undefined;
}

export function createDevLog(options: DevLogOptions): DevLog {
  const lines = new Lines(options);
  return { logger: loggerOf(lines, {}), observer: observerOf(lines, options) };
}

/** Writes what its level shows. */
class Lines {
  readonly #shown: readonly LogLevel[];
  readonly #colours: Colours;
  readonly #write: (text: string) => void;

  constructor({ level, colours, write }: DevLogOptions) {
    this.#shown = level === "silent" ? [] : LOG_LEVELS.slice(LOG_LEVELS.indexOf(level));
    this.#colours = colours;
    this.#write = write;
  }

  tell(level: LogLevel, place: Partial<Place>, text: string, more: readonly string[] = []): void {
    if (!this.#shown.includes(level)) return;
    const { dim, red, yellow } = this.#colours;
    const paint = level === "error" ? red : level === "warn" ? yellow : String;
    const time = showTime(new Date()).slice(11, -1);
    const head = `${dim(time)}  ${dim(placeOf(place))}${paint(text)}`;
    this.#write(`${[head, ...more.map((line) => `          ${line}`)].join("\n")}\n`);
  }
}

function placeOf({ workflow, runId, step, attempt = 1 }: Partial<Place>): string {
  const parts = [
    workflow,
    runId,
    step && `step ${step}${attempt > 1 ? ` (attempt ${attempt})` : ""}`,
  ].filter((part) => part !== undefined && part !== "");
  return parts.length > 0 ? `${visible(parts.join(" "))}  ` : "";
}

const PLACE_FIELDS = new Set(["runId", "workflow", "step", "attempt"]);

function loggerOf(lines: Lines, around: Readonly<Record<string, unknown>>): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      const all = { ...around, ...fields };
      const rest = Object.entries(all).filter(([name]) => !PLACE_FIELDS.has(name));
      const told = rest.map(([name, value]) => `${visible(name)}=${showValue(value)}`);
      lines.tell(level, all, [visible(message), ...told].join(" "));
    };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (fields) => loggerOf(lines, { ...around, ...fields }),
  };
}

function observerOf(lines: Lines, { errorOf }: DevLogOptions): Observer {
  return {
    seesErrors: true,
    notify(observation) {
      const { run } = observation;
      if (observation.type === "run.ended" && observation.status === "failed") {
        return void tellFailure(lines, run, errorOf);
      }
      const told = sayOccurrence(observation);
      if (told) lines.tell(told.level, { ...run, ...told.place }, told.text);
    },
    attempt: (attempt) => ({
      run: (call) => call(),
      ended: (outcome) => tellAttempt(lines, attempt, outcome),
    }),
  };
}

interface Told {
  level: LogLevel;
  text: string;
  place?: Pick<Place, "step" | "attempt">;
}

/** The end of an attempt is told by its own line, and the run's record says why the run failed. */
function sayOccurrence(observation: Observation): Told | undefined {
  switch (observation.type) {
    case "run.started":
      return { level: "info", text: startOf(observation) };
    case "run.continued":
      return { level: "info", text: `goes on as new, in generation ${observation.generation}` };
    case "run.ended":
      return {
        level: observation.status === "terminated" ? "warn" : "info",
        text: `${observation.status} after ${showDuration(observation.at - observation.run.createdAt)}`,
      };
    case "cancellation.requested": {
      const by = observation.requestedBy ? ` by ${visible(observation.requestedBy)}` : "";
      const why = observation.reason ? `: ${visible(observation.reason)}` : "";
      return { level: "info", text: `cancellation requested${by}${why}` };
    }
    case "cancellation.delivered":
      return {
        level: "info",
        text: `cancellation delivered at ${visible(observation.checkpoint)}`,
      };
    case "step.retrying": {
      const { step, attempt, retryAt, at } = observation;
      const text = `tried again in ${showDuration(retryAt - at)}`;
      return { level: "info", text, place: { step, attempt } };
    }
    case "step.lost": {
      const { step, attempt } = observation;
      return { level: "warn", text: "lost what executed it", place: { step, attempt } };
    }
    case "step.ended": {
      const { step, attempt, status } = observation;
      if (status !== "abandoned") return undefined;
      return {
        level: "warn",
        text: "abandoned: the run ended before it",
        place: { step, attempt },
      };
    }
    default:
      return undefined;
  }
}

function startOf({ run: { parent } }: Observation): string {
  return parent ? `started by ${visible(parent.runId)}` : "started";
}

function tellAttempt(
  lines: Lines,
  { run, step, attempt, startedAt }: ObservedAttempt,
  { at, outcome, thrown }: AttemptOutcome,
): void {
  const place = { ...run, step, attempt };
  const text = `${outcome} after ${showDuration(at - startedAt)}`;
  if (outcome !== "failed" || !thrown) lines.tell("info", place, text);
  else lines.tell("warn", place, `${text}: ${sayError(thrown)}`, userFrames(thrown.stack));
}

async function tellFailure(
  lines: Lines,
  run: Place,
  errorOf: DevLogOptions["errorOf"],
): Promise<void> {
  const error = await errorOf(run.runId).catch(() => undefined);
  if (!error) return lines.tell("error", run, "failed");
  const { cause } = error;
  const said = cause && !error.message.includes(cause.message) ? [`cause: ${sayError(cause)}`] : [];
  const frames = userFrames(error.stack);
  lines.tell("error", run, `failed: ${sayError(error)}`, [...said, ...frames]);
}

function sayError({ name, message }: { name: string; message: string }): string {
  return visible(`${name}: ${message}`);
}
