/** What single things cost that a run does beside its steps: each measured by itself, many times over. */
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
  measure(rig: Rig): Promise<Taken>;
}

/** What so many of a piece took together. */
export interface Taken {
  times: number;
  ms: number;
  counts: Counts;
  /** The write units in it that belong to something else, such as steps. */
  beside: number;
}

export interface PieceMeasurement {
  name: string;
  title: string;
  atMost: number;
  /** Of one. */
  write: number;
  ms: number;
  counts: Counts;
}

export const PIECES: readonly Piece[] = [
  ...HOOK_PIECES,
  ...MESSAGE_PIECES,
  ...PAUSE_PIECES,
  ...GENERATION_PIECES,
];

export async function measurePiece(rig: Rig, piece: Piece): Promise<PieceMeasurement> {
  const { name, title, atMost } = piece;
  const { times, ms, counts, beside } = await piece.measure(rig);
  const write = (total(counts).write - beside) / times;
  return { name, title, atMost, write, ms: ms / times, counts: perRun(counts, times) };
}
