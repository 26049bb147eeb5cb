/** What is told to a witness, and what it keeps of it. */
import type { Entry } from "../../src/core/events.ts";
import type { TaskAnswer, TaskClaim, TaskUpdate } from "../../src/ports/store.ts";
import type { Process } from "./process.ts";

/** When something happened. */
export interface Sight {
  /** In the order of the world's events. */
  moment: number;
  /** In the world's time. */
  now: number;
}

export interface Answer {
  what: "cancel" | "terminate";
  outcome: string;
  moment: number;
}

/** What was asked for a task, and what was answered. */
export interface SeenClaim {
  command: number;
  wanted: TaskClaim;
  answer: TaskAnswer;
}

export interface SeenUpdate {
  command: number;
  update: TaskUpdate;
  answer: TaskAnswer;
}

export interface WitnessOptions {
  /** Whether the clocks of the fleet are apart by no more than its engines allow for. */
  clocksAgree: boolean;
  /** Whether the code of a process fits what is recorded of the run. */
  diverges(process: Process): boolean;
}

/** Whether it says what a caller or a deadline asked for, and not what the code did. */
export function isAsked({ events }: Entry): boolean {
  const types = events.map(({ type }) => type);
  const isSent = types[0] === "message.received";
  return isSent || types.includes("workflow.terminated") || types[0] === "cancellation.requested";
}
