/** The log of a run as lines to read: `step.retrying charge #2`. Renewed leases are left out. */
import type { Engine, RunEvent } from "../../src/engine/index.ts";

export async function storyOf(
  engine: Pick<Engine, "getEvents">,
  runId: string,
  options: { only?: RegExp } = {},
): Promise<string[]> {
  const { events } = await engine.getEvents(runId);
  const told = events.filter(({ type }) => type !== "step.renewed");
  return told.map(lineOf).filter((line) => !options.only || options.only.test(line));
}

function lineOf({ type, ...event }: RunEvent): string {
  const attempt = Number(event["attempt"] ?? 1);
  const parts = [type, event["step"], attempt > 1 ? `#${attempt}` : undefined];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** The events of one type, in the order of the log. */
export async function eventsOf(
  engine: Pick<Engine, "getEvents">,
  runId: string,
  type: RunEvent["type"],
): Promise<RunEvent[]> {
  const { events } = await engine.getEvents(runId);
  return events.filter((event) => event.type === type);
}
