/** A timeline of what the run did itself, however many children it has. Pure. */
import { lastOutcome } from "./lane.ts";
import type { Row } from "./layout.ts";

/** So many children have rows of their own. */
const MOST_CHILDREN = 20;

/**
 * Without the children beyond the first few: those that did not complete stay before those that go on,
 * and these before the rest, because they are looked for.
 */
export function thinOut(rows: readonly Row[]): { rows: readonly Row[]; left: number } {
  const children = rows.filter(isChild);
  if (children.length <= MOST_CHILDREN) return { rows, left: 0 };
  const kept = new Set<Row>(children.sort((a, b) => rankOf(a) - rankOf(b)).slice(0, MOST_CHILDREN));
  return {
    rows: rows.filter((row) => !isChild(row) || kept.has(row)),
    left: children.length - MOST_CHILDREN,
  };
}

type LaneRow = Extract<Row, { lane: unknown }>;

function isChild(row: Row): row is LaneRow {
  return "lane" in row && row.lane.kind === "child";
}

function rankOf({ lane }: LaneRow): number {
  switch (lastOutcome(lane)) {
    case "failed":
    case "cancelled":
      return 0;
    case "open":
      return 1;
    default:
      return 2;
  }
}
