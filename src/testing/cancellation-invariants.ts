/** What must be true of every log from the request to cancel on. */
import { isOfCommand, roleOf } from "../core/commands/index.ts";
import { graceOf } from "../core/events.ts";
import {
  type Findings,
  type History,
  isOf,
  isSettling,
  nameOf,
  opens,
  type Recorded,
} from "./history.ts";

export function* oneCancellation({ events, request, delivery }: History): Findings {
  for (const recorded of events) {
    if (isOf(recorded, "cancellation.requested") && recorded !== request) {
      yield `a second ${nameOf(recorded)}`;
    }
    if (isOf(recorded, "cancellation.delivered") && recorded !== delivery) {
      yield `a second ${nameOf(recorded)}`;
    }
  }
  if (delivery && !(request && request.order < delivery.order)) {
    yield "delivered without a request before it";
  }
}

/** Steps are not claimed, scheduled or retried; nothing else begins or runs its course. */
export function* nothingUnshielded({ events, request }: History): Findings {
  if (!request) return;
  for (const recorded of events.slice(request.order)) {
    const { event } = recorded;
    if (isOfCommand(event) && roleOf(event).goesOn && !event.shielded) yield nameOf(recorded);
  }
}

/** Clean-up runs beside nothing that it may undo. */
export function* quietDelivery({ commands, delivery }: History): Findings {
  if (!delivery) return;
  for (const row of commands.values()) {
    const [first] = row;
    if (!first || first.order > delivery.order) continue;
    if (!first.event.shielded) yield* liveClaim(row, delivery);
    else if (isLeftAlone(first)) continue;
    else if (!row.some((each) => each.order < delivery.order && isSettling(each.event))) {
      yield `${nameOf(first)} is shielded and not over`;
    }
  }
}

/** A child that goes on by itself holds nothing up, unless the code waits for it, which no log tells. */
function isLeftAlone({ event }: Recorded): boolean {
  const { type } = event;
  return (
    (type === "child.started" || type === "child.inherited") && event.onParentEnd === "abandon"
  );
}

/** Those that are cancelled with it: the innermost cleans up first. */
export function* familyFirst({ commands, request, delivery, end }: History): Findings {
  const landed = delivery ?? (end && isOf(end, "workflow.terminated") ? undefined : end);
  if (!request || !landed) return;
  for (const [first, ...rest] of commands.values()) {
    if (!first || first.order > landed.order || first.event.shielded) continue;
    if (!isOf(first, "child.started", "child.inherited") || first.event.onParentEnd) continue;
    const over = rest.find((each) =>
      isOf(each, "child.completed", "child.failed", "child.cancelled"),
    );
    if (!over || over.order > landed.order) yield `${nameOf(first)} lived at ${nameOf(landed)}`;
  }
}

/**
 * A claim is live if its lease had not ended when the delivery was written. Its holder would have
 * recorded how the attempt ended; a cancellation without an error is nobody's record.
 */
function* liveClaim(row: readonly Recorded[], delivery: Recorded): Findings {
  const told = row.filter(
    (each) =>
      each.order < delivery.order &&
      !(isOf(each, "step.cancelled") && each.event.error === undefined),
  );
  // By a clock that the log is ahead of, it goes by how long that one has seen the claim.
  if ("ownTime" in delivery.event && delivery.event.ownTime !== undefined) return;
  const last = told.at(-1);
  if (!last || !isOf(last, "step.started", "step.renewed")) return;
  const left = last.event.lease - delivery.at;
  if (left > 0) yield `${nameOf(last)} had ${left} ms of its lease left`;
}

/** What each one came to is recorded before it, so that the delivery can say why. */
export function* deliverySettles({ commands, delivery }: History): Findings {
  if (!delivery) return;
  for (const row of commands.values()) {
    if (row[0]?.event.shielded) continue;
    const last = row.findLast(({ order }) => order < delivery.order);
    if (last && !isSettling(last.event)) yield `${nameOf(last)} was left open`;
    for (const recorded of row) {
      if (recorded.order > delivery.order) yield `${nameOf(recorded)} follows it`;
    }
  }
}

/** It counts from the delivery; before that, what executes is let finish. */
export function* nothingAfterGrace({ events, request, delivery }: History): Findings {
  if (!request || !delivery) return;
  const graceEnds = delivery.at + graceOf(request.event);
  const { deadline = graceEnds } = delivery.event;
  if (request.event.gracePeriodMs !== undefined && deadline !== graceEnds) {
    yield `the delivery gives until ${deadline}, not ${graceEnds}`;
  }
  for (const recorded of events.slice(delivery.order)) {
    if (!opens(recorded) || recorded.at < deadline) continue;
    yield `${nameOf(recorded)} is ${recorded.at - deadline} ms late`;
  }
}

export function* cancelledOnRequest({ end, request }: History): Findings {
  if (end && isOf(end, "workflow.cancelled") && !request) yield nameOf(end);
}
