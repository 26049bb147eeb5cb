/** What the timeline shows, in words: for those who do not see it, and beside what is drawn. Pure. */
import { fieldsOf } from "../../http/client/index.ts";
import { durationText } from "../time-text.ts";
import type { Lane, Mark, Segment } from "./layout.ts";

export function segmentText(segment: Segment, now: number): string {
  const left = segment.leftBehind ? ", and left behind while it still executed" : "";
  return wordsFor(segment, now) + left;
}

function wordsFor({ kind, outcome, attempt, from, to }: Segment, now: number): string {
  const length = durationText((to ?? now) - from);
  const isOpen = outcome === "open";
  if (outcome === "unbegun") return "never awaited, so it never began";
  switch (kind) {
    case "queued":
      return isOpen ? `queued for ${length}` : `was queued for ${length}`;
    case "backoff":
      if (outcome === "cancelled") return `a pause of ${length} that was cancelled`;
      return isOpen ? `pausing for ${length}` : `a pause of ${length}`;
    case "sleep":
      if (isOpen) return `sleeping for ${length}`;
      return outcome === "completed" ? `slept for ${length}` : `a sleep of ${length}, cancelled`;
    case "attempt":
      return `attempt ${attempt} ${ENDS[outcome]} ${length}`;
  }
}

const ENDS: { readonly [Outcome in Exclude<Segment["outcome"], "unbegun">]: string } = {
  open: "executing for",
  completed: "completed in",
  failed: "failed after",
  cancelled: "was cancelled after",
  abandoned: "was cut off by the end of the run after",
  lost: "was lost with its function after",
};

export function laneText(lane: Lane, now: number): string {
  const what = lane.kind === "sleep" ? sleepWord(lane) : `${shieldWord(lane)}step ${lane.name}: `;
  return what + lane.segments.map((segment) => segmentText(segment, now)).join(", ");
}

/** What its segments say names it as well, if it was a sleep at all. */
function sleepWord(lane: Lane): string {
  return lastOutcome(lane) === "unbegun" ? "sleep: " : "";
}

function shieldWord({ cleanup, shielded }: Lane): string {
  if (cleanup) return "clean-up ";
  return shielded ? "shielded " : "";
}

export function lastOutcome({ segments }: Lane): Segment["outcome"] {
  return segments.at(-1)?.outcome ?? "open";
}

/** From the first thing in a lane to the last. */
export function lengthOfLane({ segments }: Lane, now: number): number {
  const [first] = segments;
  return first === undefined ? 0 : (segments.at(-1)?.to ?? now) - first.from;
}

export function markTitle({ kind, event }: Mark): string {
  switch (kind) {
    case "requested":
      return "Cancel requested";
    case "delivered":
      return "Delivered";
    case "ended":
      return `Run ${event.type.replace("workflow.", "")}`;
  }
}

export function markDetail({ kind, event }: Mark): string {
  const { requestedBy: by, checkpoint, openShields } = fieldsOf(event);
  if (kind === "delivered") {
    return `at ${checkpoint}${openShields === undefined ? "" : ", although a shield waited for it"}`;
  }
  return by === undefined ? "" : `by ${by}`;
}
