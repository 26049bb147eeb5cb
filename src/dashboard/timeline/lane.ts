/** One command in the timeline. Times are milliseconds since the epoch. */
import type { Kind } from "../../http/client/kinds.ts";

/** How something in a lane ended; `open` if it has not. */
export type Outcome =
  | "open"
  | "completed"
  | "failed"
  | "cancelled"
  /** Still executing when the run ended. */
  | "abandoned"
  /** Its function died: another attempt took its place. */
  | "lost"
  /** Called without being awaited when the code ended. */
  | "unbegun";

export interface Segment {
  /** `queued`: scheduled, not started. `backoff`: the pause before the next attempt. */
  kind:
    | "queued"
    | "attempt"
    | "backoff"
    | "sleep"
    | "hook"
    | "receive"
    | "child"
    | "cancel"
    | "generation";
  from: number;
  /** Nothing while it is open. */
  to: number | undefined;
  outcome: Outcome;
  /** Of an attempt, from 1. */
  attempt?: number;
  /** When a pause ends by itself. */
  until?: number | undefined;
  /** It outlived its timeout, and its code was left behind while it still executed. */
  leftBehind?: true | undefined;
  /** What came of an attempt or a child, or to a hook or a receive. */
  result?: unknown;
  /** Who sent what was received. */
  sentBy?: string | undefined;
  error?: unknown;
}

export interface Lane {
  kind: Kind;
  command: number;
  name: string;
  /** Of a child: its run's id. */
  child?: string;
  shielded: boolean;
  /** Of a shield that was opened after the cancellation was delivered. */
  cleanup: boolean;
  segments: Segment[];
}

export function open(
  lane: Lane,
  kind: Segment["kind"],
  from: number,
  more: Partial<Segment> = {},
): void {
  lane.segments.push({ kind, from, to: undefined, outcome: "open", ...more });
}

/** What only waits for an attempt is over when that begins, whatever comes of the attempt. */
export function close(lane: Lane, at: number, outcome: Outcome, more: Partial<Segment> = {}): void {
  const last = lane.segments.at(-1);
  if (!last || last.to !== undefined) return;
  const isWait = last.kind === "queued" || last.kind === "backoff";
  Object.assign(last, more, {
    to: at,
    outcome: isWait && outcome === "lost" ? "completed" : outcome,
  });
}

export function lastOutcome({ segments }: Lane): Outcome {
  return segments.at(-1)?.outcome ?? "open";
}
