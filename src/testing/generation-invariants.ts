/** What must be true of the logs of a run that goes on as new. */
import type { Entry, EventOf, LogEvent } from "../core/events.ts";
import { begin, fold, mailboxOf } from "../core/fold.ts";
import type { Message } from "../core/mailbox.ts";
import { beganAt, type RunState } from "../core/run-state.ts";
import { type Findings, type History, isOf, nameOf } from "./history.ts";

/** Of one log: it is not exchanged once its run was asked to stop, nor while that is paused. */
export function* exchangedUnasked({ events, end, request }: History): Findings {
  if (!end || !isOf(end, "workflow.continued")) return;
  if (request) yield `${nameOf(end)} after ${nameOf(request)}`;
  const pause = events.findLast((each) => isOf(each, "run.paused", "run.resumed"));
  if (pause && isOf(pause, "run.paused")) yield `${nameOf(end)} while it is paused`;
}

/** Of one log: only later generations say that they are some, and what they have of the one before. */
export function* properGeneration({ events }: History): Findings {
  const [first] = events;
  if (!first || !isOf(first, "workflow.started")) return;
  const { generation, began, first: given } = first.event;
  const isLater = generation !== undefined;
  if (isLater && generation < 2) yield `it says that it is generation ${generation}`;
  if (isLater !== (began !== undefined) || isLater !== (given !== undefined)) {
    yield `${nameOf(first)} says only in part what it has of the generation before`;
  }
  let isPast = false;
  for (const recorded of events.slice(1)) {
    const { event } = recorded;
    const isCarried = isOfPast(event);
    if (isCarried && (isPast || !isLater)) yield `${nameOf(recorded)} is not of the start`;
    if (!isCarried) isPast = true;
  }
}

/** Of two logs that follow each other, what the second has of the first. */
export function* properSuccession(past: readonly Entry[], next: readonly Entry[]): Findings {
  const state = folded(past);
  const last = past.at(-1)?.events.at(-1);
  const started = next[0]?.events[0];
  if (last?.type !== "workflow.continued" || started?.type !== "workflow.started") {
    return yield "a log that was exchanged has no end, or the next one no start";
  }
  const { generation } = last;
  if (started.generation !== generation) {
    yield `generation ${started.generation} follows, not ${generation}`;
  }
  if (started.began !== beganAt(state)) yield `generation ${generation} began ${started.began}`;
  if (started.workflow !== state.workflow) yield `generation ${generation} is another workflow`;
  const left = mailboxOf(state).unreceived().map(textOf);
  const carried = next.flatMap(({ events }) => events.filter(isCarriedMessage)).map(textOf);
  if (left.join() !== carried.join()) yield `messages ${carried} follow, not ${left}`;
  const children = past.flatMap(({ events }) => events).filter(isChildCarried);
  const heirs = next.flatMap(({ events }) => events).filter(isChildInherited);
  const [lost, gained] = [children, heirs].map((each) =>
    each
      .map(({ child }) => child)
      .sort()
      .join(),
  );
  if (lost !== gained) yield `children ${gained} are inherited, not ${lost}`;
  const known = mailboxOf(folded(next.slice(0, carriedEntries(next))));
  for (const id of mailboxOf(state).ids()) {
    if (!known.knows(id)) yield `message ${id} of the generation before ${generation} is forgotten`;
  }
}

function isChildCarried(event: LogEvent): event is EventOf<"child.carried"> {
  return event.type === "child.carried";
}

function isChildInherited(event: LogEvent): event is EventOf<"child.inherited"> {
  return event.type === "child.inherited";
}

/** How many entries a log began with. */
function carriedEntries(log: readonly Entry[]): number {
  const from = log.findIndex(({ position, events }) => position > 0 && !events.some(isOfPast));
  return from < 0 ? log.length : from;
}

function isOfPast(event: LogEvent): boolean {
  const { type } = event;
  return type === "messages.remembered" || type === "child.inherited" || isCarriedMessage(event);
}

function isCarriedMessage(event: LogEvent): event is EventOf<"message.received"> {
  return event.type === "message.received" && event.carried === true;
}

function textOf({ channel, payload, messageId, sentBy }: Omit<Message, "message">): string {
  return JSON.stringify([channel, payload, messageId, sentBy]);
}

function folded([start, ...rest]: readonly Entry[]): RunState {
  if (!start) throw new Error("a log of a run that is not deleted has no start");
  return rest.reduce(fold, begin(start));
}
