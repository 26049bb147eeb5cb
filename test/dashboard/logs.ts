/** Logs as the page gets them: events with times counted from 0. */
import type { RunEvent } from "../../src/http/client/index.ts";

export type Told = [at: number, type: RunEvent["type"], fields?: Record<string, unknown>];

export function eventsOf(...told: readonly Told[]): RunEvent[] {
  return told.map(([at, type, fields], index) => {
    // A test tells only the fields that matter to it.
    const event = { seq: index * 1000, type, at: new Date(at), ...fields };
    return event as unknown as RunEvent;
  });
}

export function stepNamed(step: string, command: number, more: Record<string, unknown> = {}) {
  return { step, command, attempt: 1, shielded: false, ...more };
}
