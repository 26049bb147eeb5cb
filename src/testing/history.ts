/** A log laid out for checking: its events in one row, and each command's events in a row of their own. */
import { type CommandEvent, isOfCommand, nameIn, roleOf } from "../core/commands/index.ts";
import { type Entry, type EventOf, isLast, type LogEvent } from "../core/events.ts";
import type { FamilyRecord } from "../core/run.ts";

export interface Recorded<E extends LogEvent = LogEvent> {
  event: E;
  /** Its place among all events of the log. */
  order: number;
  /** Of its entry. */
  position: number;
  at: number;
}

/** What breaks a promise, each in one sentence. */
export type Findings = Iterable<string>;

export interface History {
  log: readonly Entry[];
  events: readonly Recorded[];
  commands: ReadonlyMap<number, readonly Recorded<CommandEvent>[]>;
  request: Recorded<EventOf<"cancellation.requested">> | undefined;
  delivery: Recorded<EventOf<"cancellation.delivered">> | undefined;
  /** Of the log, be it of the run or of one generation. */
  end: Recorded | undefined;
}

export function historyOf(log: readonly Entry[]): History {
  let order = 0;
  const events = log.flatMap(({ position, at, events: row }) =>
    row.map((event): Recorded => ({ event, order: order++, position, at })),
  );
  const commands = new Map<number, Recorded<CommandEvent>[]>();
  for (const recorded of events) {
    if (!isRecordOfCommand(recorded)) continue;
    const row = commands.get(recorded.event.command) ?? [];
    commands.set(recorded.event.command, [...row, recorded]);
  }
  return {
    log,
    events,
    commands,
    request: events.find((each) => isOf(each, "cancellation.requested")),
    delivery: events.find((each) => isOf(each, "cancellation.delivered")),
    end: events.find(({ event }) => isLast(event)),
  };
}

export function isOf<Type extends LogEvent["type"]>(
  recorded: Recorded,
  ...types: Type[]
): recorded is Recorded<EventOf<Type>> {
  return types.some((type) => type === recorded.event.type);
}

function isRecordOfCommand(recorded: Recorded): recorded is Recorded<CommandEvent> {
  return isOfCommand(recorded.event);
}

/** Whether it lets its command begin, or begin anew. */
export function opens({ event }: Recorded): boolean {
  return isOfCommand(event) && roleOf(event).does === "opens";
}

/** The first event of each step of the clean-up: of shields that were opened after the delivery. */
export function cleanupOf({ commands, delivery }: History): Recorded<CommandEvent>[] {
  if (!delivery) return [];
  return [...commands.values()].flatMap(([first]) => {
    if (!first || first.order < delivery.order) return [];
    const begins = isOf(first, "step.started", "step.scheduled");
    return begins && first.event.cleanup !== false ? [first] : [];
  });
}

/** The children that lived at the request and are cancelled with their run, and how many ended after it. */
export function familyOf({ commands, request }: History): FamilyRecord | undefined {
  if (!request) return undefined;
  const family = { asked: 0, ended: 0 };
  for (const [first, ...rest] of commands.values()) {
    if (!first || !isOf(first, "child.started", "child.inherited") || first.order > request.order)
      continue;
    if (first.event.onParentEnd || first.event.shielded) continue;
    const over = rest.find((each) => isSettling(each.event));
    if (over && over.order < request.order) continue;
    family.asked += 1;
    if (over && over.event.type !== "child.abandoned") family.ended += 1;
  }
  return family.asked > 0 ? family : undefined;
}

/** The events after which a command is over. */
export function isSettling(event: CommandEvent): boolean {
  const { does } = roleOf(event);
  return does === "settles" || does === "cancels";
}

/** Each event of a command with the one before it. */
export function* succession({
  commands,
}: History): Generator<[Recorded<CommandEvent> | undefined, Recorded<CommandEvent>]> {
  for (const row of commands.values()) {
    for (const [index, recorded] of row.entries()) yield [row[index - 1], recorded];
  }
}

/** How a message names an event. */
export function nameOf({ event, position }: Recorded): string {
  const { type } = event;
  if (!("command" in event) || event.command === undefined) return `${type} in entry ${position}`;
  const which = isOfCommand(event) ? whichOf(event) : [];
  const said = which.length === 0 ? "" : ` (${which.join(", ")})`;
  return `${type} of command ${event.command}${said} in entry ${position}`;
}

function whichOf(event: CommandEvent): string[] {
  const name = nameIn(event);
  return [
    ...(name === undefined ? [] : [name]),
    ...("attempt" in event ? [`attempt ${event.attempt}`] : []),
  ];
}
