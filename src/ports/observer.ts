/**
 * Who is told what happens to runs: for traces, metrics and logs. An engine works without one.
 *
 *  O1. What happened is told once, by the engine whose write made it so, and after that write. A
 *      delivery that comes twice, loses its race or only replays tells nothing. A process that dies
 *      between the write and the telling tells nothing either, and nobody does it for it.
 *  O2. An attempt is told by the engine that executes it. Of one whose claim was lost meanwhile, the
 *      log keeps nothing, though it did execute.
 *  O3. Nothing of a payload is told: no input, output or result, nor what an error says; only its
 *      name and its code. Why a run is cancelled, terminated or paused, and who asked for it, are no payload.
 *      An observer that `seesErrors` is told besides what an attempt threw: for a developer's machine.
 *  O4. An observer is called in the async context of the invocation that did it, and answers at
 *      once: nothing waits for it. What it throws changes nothing; the first time is logged.
 *  O5. `run` of an attempt calls the step's code once, before it returns. Should it not, the engine
 *      does.
 */
import type { CancellationRecord } from "../core/run.ts";
import type { RunHead } from "./store.ts";

/** Times are milliseconds since the epoch, by the engine's clock. */
export type ObservedRun = Pick<
  RunHead,
  "runId" | "incarnation" | "workflow" | "version" | "createdAt"
> & {
  /** Of a child. */
  parent?: Pick<RunHead, "runId" | "incarnation">;
};

export interface ObservedError {
  name: string;
  code?: string;
}

/** Which attempt of which step. */
export interface StepPlace {
  step: string;
  attempt: number;
  shielded: boolean;
}

export type Occurrence =
  | { type: "run.started" }
  /** A function took up what had been due for so long. */
  | { type: "run.pickedUp"; lagMs: number }
  /** Nothing unshielded begins from here on, until it is resumed. */
  | { type: "run.paused" | "run.resumed"; reason?: string; requestedBy?: string }
  | {
      type: "run.ended";
      status: "completed" | "failed" | "cancelled" | "terminated";
      error?: ObservedError;
      cancellation?: CancellationRecord;
      /** Who ended it at once, and why. */
      termination?: { reason?: string; requestedBy?: string };
    }
  /** Its log is over, and it goes on in this generation. */
  | { type: "run.continued"; generation: number }
  /** A turn could not be done, for the `tries`th time in a row. */
  | { type: "run.problem"; code: string; tries: number }
  | { type: "cancellation.requested"; reason?: string; requestedBy?: string }
  /** Clean-up has until `deadline`. */
  | { type: "cancellation.delivered"; checkpoint: string; requestedAt: number; deadline: number }
  /** This attempt failed, and there will be another one. */
  | ({ type: "step.retrying"; error: ObservedError; retryAt: number } & StepPlace)
  /** The function that executed this attempt is gone. */
  | ({ type: "step.lost" } & StepPlace)
  /** The log has the end of a step. */
  | ({
      type: "step.ended";
      status: "completed" | "failed" | "cancelled" | "abandoned";
      error?: ObservedError;
    } & StepPlace)
  /** Somebody else was faster to append; what was to be appended is decided again. */
  | { type: "append.conflict" };

export type Observation = Occurrence & { run: ObservedRun; at: number };

export interface ObservedAttempt extends StepPlace {
  run: ObservedRun;
  command: number;
  startedAt: number;
}

/** What executing it came to, whatever the log makes of that. */
export interface AttemptOutcome {
  at: number;
  outcome: "completed" | "failed" | "cancelled";
  error?: ObservedError;
  /** What the code threw, only for an observer that `seesErrors` (O3). */
  thrown?: Error;
}

export interface AttemptObserver {
  /** Calls the step's code, so that it finds itself in a context of the observer's. */
  run(call: () => void): void;
  ended(outcome: AttemptOutcome): void;
}

export interface Observer {
  /** Whether it is told what attempts threw, text and stack (O3). Default no. */
  readonly seesErrors?: boolean;
  notify?(observation: Observation): void;
  /** An attempt is about to execute. */
  attempt?(attempt: ObservedAttempt): AttemptObserver | undefined;
}
