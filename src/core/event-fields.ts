import type { RunEvent } from "./shown-event.ts";

/** The fields of an event of whatever type, by name: for what lists or searches them. */
export function fieldsOf(event: RunEvent): Readonly<Record<string, unknown>> {
  return event;
}
