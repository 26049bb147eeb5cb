/** The log of a run as lines to read: `step.retrying charge #2`. Renewed leases are left out. */
import { type Engine, fieldsOf, type RunEvent, type RunEventOf } from "../../src/engine/index.ts";

export async function storyOf(
  engine: Pick<Engine, "getEvents">,
  runId: string,
  options: { only?: RegExp } = {},
): Promise<string[]> {
  const { events } = await engine.getEvents(runId);
  const told = events.filter(({ type }) => type !== "step.renewed");
  return told.map(lineOf).filter((line) => !options.only || options.only.test(line));
}

function lineOf(event: RunEvent): string {
  const { type, step, attempt: number = 1 } = fieldsOf(event);
  const attempt = Number(number);
  const parts = [type, step, attempt > 1 ? `#${attempt}` : undefined];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** The events of one type, in the order of the log. */
export async function eventsOf<Type extends RunEvent["type"]>(
  engine: Pick<Engine, "getEvents">,
  runId: string,
  type: Type,
): Promise<RunEventOf<Type>[]> {
  const { events } = await engine.getEvents(runId);
  return events.filter((event): event is RunEventOf<Type> => event.type === type);
}
