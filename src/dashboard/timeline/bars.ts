/** The bars of a lane, in words. */
import { durationText } from "../time-text.ts";
import type { Outcome, Segment } from "./lane.ts";

interface Bar {
  /** Of a bar that shows only what it is, whatever came of it. */
  readonly legend: string | undefined;
  text(segment: Begun, length: string): string;
}

type Begun = Segment & { outcome: Exclude<Outcome, "unbegun"> };

export const BARS: Readonly<Record<Segment["kind"], Bar>> = {
  attempt: {
    legend: undefined,
    text: ({ outcome, attempt }, length) => `attempt ${attempt} ${ENDS[outcome]} ${length}`,
  },
  queued: {
    legend: "queued",
    text: ({ outcome }, length) =>
      outcome === "open" ? `queued for ${length}` : `was queued for ${length}`,
  },
  backoff: {
    legend: "pause before a retry",
    text({ outcome }, length) {
      if (outcome === "cancelled") return `a pause of ${length} that was cancelled`;
      return outcome === "open" ? `pausing for ${length}` : `a pause of ${length}`;
    },
  },
  sleep: {
    legend: "sleep",
    text({ outcome }, length) {
      if (outcome === "open") return `sleeping for ${length}`;
      return outcome === "completed" ? `slept for ${length}` : `a sleep of ${length}, cancelled`;
    },
  },
  hook: {
    legend: "waiting for an answer",
    text({ outcome }, length) {
      if (outcome === "open") return `waiting for an answer for ${length}`;
      if (outcome === "completed") return `answered after ${length}`;
      return outcome === "failed" ? `nobody answered in ${length}` : `cancelled after ${length}`;
    },
  },
  generation: {
    legend: undefined,
    text: ({ outcome }) => (outcome === "failed" ? "refused" : "did not come about"),
  },
  receive: {
    legend: "waiting for a message",
    text({ outcome, from, to, sentBy }, length) {
      const by = sentBy === undefined ? "" : ` from ${sentBy}`;
      if (outcome === "open") return `waiting for a message for ${length}`;
      if (outcome === "completed") {
        return from === to
          ? `took a message${by} that was there`
          : `a message${by} after ${length}`;
      }
      return outcome === "failed" ? `no message in ${length}` : `cancelled after ${length}`;
    },
  },
  child: {
    legend: "child run",
    text({ outcome }, length) {
      if (outcome === "abandoned") return `left to itself after ${length}`;
      return outcome === "open" ? `running for ${length}` : `${outcome} after ${length}`;
    },
  },
  cancel: { legend: undefined, text: () => "asked to stop" },
};

const ENDS: { readonly [Each in Begun["outcome"]]: string } = {
  open: "executing for",
  completed: "completed in",
  failed: "failed after",
  cancelled: "was cancelled after",
  abandoned: "was cut off by the end of the run after",
  lost: "was lost with its function after",
};

export function segmentText(segment: Segment, now: number): string {
  const left = segment.leftBehind ? ", and left behind while it still executed" : "";
  return wordsFor(segment, now) + left;
}

function wordsFor(segment: Segment, now: number): string {
  const { kind, outcome, from, to } = segment;
  if (outcome === "unbegun") return "never awaited, so it never began";
  return BARS[kind].text({ ...segment, outcome }, durationText((to ?? now) - from));
}
