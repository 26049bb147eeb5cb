/** What has become of each payload, held against what its sender was told. */
import type { EventOf, LogEvent } from "../../src/core/events.ts";
import { decode } from "../../src/core/value.ts";
import type { Sending } from "./sending.ts";
import type { Simulated } from "./simulation.ts";

/** How a hook ended, as the log says; nothing if it never did. */
type Fate = EventOf<"hook.received" | "hook.expired" | "hook.cancelled">;

export function wrongHooks(simulated: Simulated): string[] {
  const { log, sendings } = simulated;
  const events = log.flatMap((entry) => entry.events);
  const fates = new Map<number, Fate>();
  for (const event of events) if (isFate(event)) fates.set(event.command, event);
  return [
    ...sendings.flatMap((sending) => wrongAnswers(simulated, sending, fates.get(sending.command))),
    ...events.flatMap((event) => (event.type === "hook.received" ? invented(event, sendings) : [])),
  ];
}

function isFate(event: LogEvent): event is Fate {
  return ["hook.received", "hook.expired", "hook.cancelled"].includes(event.type);
}

/** What the code gets was handed in by somebody, and fits. */
function invented(
  { command, payload, delivery }: EventOf<"hook.received">,
  sendings: readonly Sending[],
): string[] {
  const isSent = sendings.some(
    (each) =>
      each.command === command &&
      each.isGood &&
      each.payload === decode(payload) &&
      each.deliveryId === delivery,
  );
  return isSent ? [] : [`hook ${command} received what nobody has handed in`];
}

function wrongAnswers(simulated: Simulated, sending: Sending, fate: Fate | undefined): string[] {
  const { payload, answers } = sending;
  if (answers.length === 0) return [`the sender of "${payload}" was never told what became of it`];
  return answers.flatMap((answer, index) =>
    isTrue(simulated, sending, { answer, fate, isRepeated: index > 0 })
      ? []
      : [
          `the sender of "${payload}" was told ${answer.told} ${answer.reason ?? ""}, and the log has ${fate?.type}`,
        ],
  );
}

interface Told {
  answer: Sending["answers"][number];
  fate: Fate | undefined;
  isRepeated: boolean;
}

function isTrue(
  { witness }: Simulated,
  sending: Sending,
  { answer: { told, reason, moment }, fate }: Told,
): boolean {
  const { isGood, tries } = sending;
  const isOwn = fate?.type === "hook.received" && decode(fate.payload) === sending.payload;
  switch (told) {
    case "taken":
      return isOwn;
    case "input.invalid":
      return !isGood;
    case "hook.alreadyReceived":
      // Without an id nobody can tell that it was this very sender, whose answer was lost.
      return fate?.type === "hook.received" && (!isOwn || (tries > 1 && !sending.deliveryId));
    case "hook.expired":
      if (reason === "timeout") return fate?.type === "hook.expired";
      return fate?.type !== "hook.received" && witness.requested !== undefined;
    case "run.ended":
      return (
        witness.ended !== undefined &&
        witness.ended.moment <= moment &&
        (!isOwn || !sending.deliveryId)
      );
    default:
      return false;
  }
}
