import type { PendingStep } from "../commands/step.ts";
import type { DetentError } from "../errors.ts";
import type { LogEvent } from "../events.ts";
import type { Wait } from "../wait.ts";

/** What is to be done after the events of a decision were appended. */
export type Next =
  /** The events settle something: replay them, then decide again. */
  | { type: "replay" }
  | { type: "ended" }
  /** The run goes on in another log. */
  | { type: "continued" }
  /** `lease` is by the clock of who claims it; the log says it by the later one of its own and that. */
  | { type: "run"; step: PendingStep; attempt: number; claim: string; lease: number }
  /** The next step is for another invocation. */
  | { type: "continue" }
  | { type: "tasks" }
  | Wait
  | { type: "problem"; error: DetentError };

export interface Decision {
  events: LogEvent[];
  next: Next;
}
