/** Short words for the events, states and outcomes that the core's specs are about. */
import type { PendingCommand } from "../../src/core/commands/index.ts";
import type { PendingSleep } from "../../src/core/commands/sleep.ts";
import type { PendingStep } from "../../src/core/commands/step.ts";
import type { Entry, LogEvent } from "../../src/core/events.ts";
import { begin, fold } from "../../src/core/fold.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { type StepOptions, toPolicy } from "../../src/core/retry.ts";
import type { RunState } from "../../src/core/run-state.ts";
import { encode, encodeError } from "../../src/core/value.ts";

/** When every run in these specs begins; entry n is written n ms later. */
export const START = 1_000_000;

export const startEvent = {
  type: "workflow.started" as const,
  workflow: "order",
  version: "1",
  input: encode(5, "it"),
};

export const begun: Entry = { position: 0, id: "start", at: START, events: [startEvent] };

/** The state after these events, each in an entry of its own. */
export function stateAfter(...events: LogEvent[]): RunState {
  return events.reduce(
    (state, event, index) =>
      fold(state, { position: index + 1, id: `e${index}`, at: START + index + 1, events: [event] }),
    begin(begun),
  );
}

interface StepFields {
  attempt?: number;
  shielded?: boolean;
}

function fields(command: number, step: string, { attempt = 1, shielded = false }: StepFields) {
  return { command, step, attempt, shielded };
}

export const failure = new Error("busy");
export const busy = encodeError(failure);

/** Events of step `name`; times count from the start of the run. */
export const on = {
  scheduled: (command: number, name: string, more: StepFields = {}): LogEvent => ({
    type: "step.scheduled",
    ...fields(command, name, more),
  }),
  started: (
    command: number,
    name: string,
    { claim = `claim-${command}`, lease = 15_000, ...more }: Claimed = {},
  ): LogEvent => ({
    type: "step.started",
    ...fields(command, name, more),
    claim,
    lease: START + lease,
  }),
  completed: (command: number, name: string, more: StepFields = {}): LogEvent => ({
    type: "step.completed",
    ...fields(command, name, more),
    result: encode("done", "it"),
  }),
  failed: (command: number, name: string, more: StepFields = {}): LogEvent => ({
    type: "step.failed",
    ...fields(command, name, more),
    error: busy,
  }),
  retrying: (
    command: number,
    name: string,
    { retryAt = 5_000, ...more }: StepFields & { retryAt?: number } = {},
  ): LogEvent => ({
    type: "step.retrying",
    ...fields(command, name, more),
    error: busy,
    retryAt: START + retryAt,
  }),
  cancelled: (command: number, name: string, more: StepFields = {}): LogEvent => ({
    type: "step.cancelled",
    ...fields(command, name, more),
    error: busy,
  }),
  asleep: (command: number, until: number, shielded = false): LogEvent => ({
    type: "sleep.started",
    command,
    shielded,
    until: START + until,
  }),
  woken: (command: number, shielded = false): LogEvent => ({
    type: "sleep.completed",
    command,
    shielded,
  }),
  paused: (): LogEvent => ({ type: "run.paused", reason: "maintenance", requestedBy: "bob" }),
  resumed: (): LogEvent => ({ type: "run.resumed" }),
  requested: (gracePeriodMs = 900_000): LogEvent => ({
    type: "cancellation.requested",
    reason: "enough",
    requestedBy: "alice",
    requestedAt: START + 1,
    gracePeriodMs,
  }),
  delivered: ({ checkpoint = "step charge", deadline = 900_000 } = {}): LogEvent => ({
    type: "cancellation.delivered",
    checkpoint,
    deadline: START + deadline,
  }),
  completedRun: (): LogEvent => ({ type: "workflow.completed", output: encode("ok", "it") }),
};

type Claimed = StepFields & { claim?: string; lease?: number };

/** A step the code waits for. */
export function stepAt(
  command: number,
  name: string,
  { shielded = false, window = 1, cleanup, ...options }: StepOptions & Issued = {},
): PendingStep {
  const policy = toPolicy(name, options);
  const place = { command, name, shielded, window, ...(cleanup === false && { cleanup }) };
  return { kind: "step", ...place, policy, call: () => {} };
}

/** How a command was issued. */
interface Issued {
  shielded?: boolean;
  window?: number;
  cleanup?: false;
}

/** A sleep the code waits for. */
export function sleepAt(
  command: number,
  afterMs: number,
  { shielded = false, window = 1 }: Issued = {},
): PendingSleep {
  return { kind: "sleep", command, name: "sleep", shielded, window, wake: { afterMs } };
}

/** Where the code stands, in short. */
export type Standing = Partial<Omit<Outcome, "pending" | "unrecorded">> & {
  pending?: readonly PendingCommand[];
};

/** Where the code stands over a log that says this. */
export function standing({ open }: RunState, { pending = [], ...more }: Standing): Outcome {
  const byCommand = (commands: readonly PendingCommand[]): Outcome["pending"] =>
    new Map(commands.map((each) => [each.command, each]));
  const unrecorded = pending.filter(({ command }) => !open.has(command));
  return {
    pending: byCommand(pending),
    unrecorded: byCommand(unrecorded),
    waitingChecks: [],
    openShields: 0,
    runaway: false,
    ...more,
  };
}

export function typesOf(events: readonly LogEvent[]): string[] {
  return events.map((event) =>
    "step" in event ? `${event.type} ${event.step} #${event.attempt}` : event.type,
  );
}
