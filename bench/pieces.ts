/** What single things cost that a run does beside its steps: each measured by itself, many times over. */
import { CHILD_PIECES } from "./children.ts";
import { GENERATION_PIECES } from "./generations.ts";
import { HOOK_PIECES } from "./hooks.ts";
import { MESSAGE_PIECES } from "./messages.ts";
import { type Counts, total } from "./meter.ts";
import { PAUSE_PIECES } from "./pauses.ts";
import type { Rig } from "./rig.ts";
import { perRun } from "./rounds.ts";

export interface Piece {
  name: string;
  title: string;
  /** Write units that one may take. */
  atMost: number;
  /** Messages that one may take, where they are counted. */
  atMostMessages?: number;
  measure(rig: Rig): Promise<Taken>;
  /** The same of fewer, where it takes too long for a test. */
  measureFew?(rig: Rig): Promise<Taken>;
}

/** What so many of a piece took together. */
export interface Taken {
  times: number;
  ms: number;
  counts: Counts;
  /** The write units in it that belong to something else, such as steps. */
  beside: number;
  messages?: number;
  /** The messages in it that belong to something else. */
  messagesBeside?: number;
}

export interface PieceMeasurement {
  name: string;
  title: string;
  atMost: number;
  atMostMessages?: number | undefined;
  /** Of one. */
  write: number;
  messages?: number | undefined;
  ms: number;
  counts: Counts;
}

export const PIECES: readonly Piece[] = [
  ...HOOK_PIECES,
  ...MESSAGE_PIECES,
  ...PAUSE_PIECES,
  ...GENERATION_PIECES,
  ...CHILD_PIECES,
];

export async function measurePiece(rig: Rig, piece: Piece): Promise<PieceMeasurement> {
  const { name, title, atMost, atMostMessages } = piece;
  const {
    times,
    ms,
    counts,
    beside,
    messages: sent,
    messagesBeside = 0,
  } = await piece.measure(rig);
  const write = (total(counts).write - beside) / times;
  const messages = sent === undefined ? undefined : (sent - messagesBeside) / times;
  const targets = { atMost, atMostMessages };
  return {
    name,
    title,
    ...targets,
    write,
    messages,
    ms: ms / times,
    counts: perRun(counts, times),
  };
}
