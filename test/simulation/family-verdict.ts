/**
 * Holds a simulated run against what is promised of its children.
 *
 * FA1. A child exists exactly if its parent's log says so.
 * FA2. What its parent's log says of its end is what it came to.
 * FA3. When a cancellation is delivered, the children that are cancelled with their parent have ended.
 * FA4. One that outlives its parent and is stopped with it was asked to, or terminated if its parent was.
 * FA5. One that is not stopped with its parent is asked by nobody on its parent's behalf, and one that is
 *      is told its parent's reason.
 */
import type { EventOf, LogEvent } from "../../src/core/events.ts";
import { ASKED_BY_CODE } from "./families.ts";
import type { Simulated } from "./simulation.ts";

/** In fair weather a parent's children are stopped so soon after its end. */
const AT_ONCE_MS = 3000;

/** @param isFair whether nothing went wrong, so that all comes as soon as it can. */
export function wrongFamily({ head, log, witness, family }: Simulated, isFair: boolean): string[] {
  if (!head) return [];
  const events = log.flatMap((entry) => entry.events);
  const started = events.filter((event) => event.type === "child.started");
  const byId = new Map(family.map((child) => [child.head?.runId, child]));
  const wrong = family.flatMap(({ head: its }) =>
    started.filter(({ child }) => child === its?.runId).length === 1
      ? []
      : [`FA1: run ${its?.runId} was born, and its parent's log does not say so once`],
  );
  const request = events.find((event) => event.type === "cancellation.requested");
  for (const event of started) {
    const child = byId.get(event.child);
    if (!child) {
      wrong.push(`FA1: child ${event.child} does not exist`);
      continue;
    }
    wrong.push(...wrongEnd(event, events, child));
    wrong.push(...livedTooLong(event, { head, log, witness }, child));
    wrong.push(...unstopped(event, { witness }, child, isFair));
    wrong.push(...wronglyAsked(event, request, child));
  }
  return wrong;
}

function wrongEnd(
  { command, child: runId }: EventOf<"child.started">,
  events: readonly LogEvent[],
  { head, log }: Simulated,
): string[] {
  const told = events.find(
    (event) =>
      (event.type === "child.completed" ||
        event.type === "child.failed" ||
        event.type === "child.cancelled") &&
      event.command === command,
  );
  if (!told) return [];
  const status = "status" in told ? told.status : "completed";
  if (head?.status !== status)
    return [`FA2: child ${runId} is ${head?.status}, and told as ${status}`];
  const end = log.at(-1)?.events.at(-1);
  if (told.type !== "child.completed" || end?.type !== "workflow.completed") return [];
  const isSame = JSON.stringify(told.output) === JSON.stringify(end.output);
  return isSame ? [] : [`FA2: child ${runId} was told with another output`];
}

function livedTooLong(
  { child: runId, shielded, onParentEnd }: EventOf<"child.started">,
  { witness }: Pick<Simulated, "head" | "log" | "witness">,
  child: Simulated,
): string[] {
  const { delivered } = witness;
  if (!delivered || shielded || onParentEnd) return [];
  const { ended } = child.witness;
  return ended && ended.moment <= delivered.moment
    ? []
    : [`FA3: child ${runId} lived when the cancellation of its parent was delivered`];
}

function unstopped(
  { child: runId, onParentEnd }: EventOf<"child.started">,
  { witness: { ended } }: Pick<Simulated, "witness">,
  { witness: its }: Simulated,
  isFair: boolean,
): string[] {
  if (!ended || !its.ended || onParentEnd || its.ended.moment < ended.moment) return [];
  if (its.requested || its.ended.as === "workflow.terminated") return [];
  const lateMs = its.ended.now - ended.now;
  return isFair && lateMs > AT_ONCE_MS
    ? [`FA4: child ${runId} went on for ${lateMs} ms after its parent had ended`]
    : [];
}

function wronglyAsked(
  { child: runId, onParentEnd }: EventOf<"child.started">,
  request: EventOf<"cancellation.requested"> | undefined,
  { log, head, scenario }: Simulated,
): string[] {
  const asked = log
    .flatMap(({ events }) => events)
    .find((event) => event.type === "cancellation.requested");
  const parent = head?.parent?.runId;
  if (!asked) return [];
  const isOfParent = asked.requestedBy === parent && asked.reason !== ASKED_BY_CODE;
  if (onParentEnd && isOfParent) return [`FA5: child ${runId} was asked, and its parent left it`];
  const isPassedOn = request && asked.reason === request.reason;
  if (isPassedOn && asked.requestedBy !== request.requestedBy && scenario.actions.length === 0) {
    return [`FA5: child ${runId} was asked by ${asked.requestedBy}`];
  }
  return [];
}
