/** A timeline of what the run did itself, however many children it has. Pure. */
import type { Row } from "./layout.ts";

/** So many children have rows of their own. */
const MOST_CHILDREN = 20;

/**
 * Without the children beyond the first few: those that go on or did not complete come before
 * others, because they are looked for.
 */
export function thinOut(rows: readonly Row[]): { rows: readonly Row[]; left: number } {
  const children = rows.filter(isChild);
  if (children.length <= MOST_CHILDREN) return { rows, left: 0 };
  const byNeed = [...children.filter(isLookedFor), ...children.filter((row) => !isLookedFor(row))];
  const kept = new Set<Row>(byNeed.slice(0, MOST_CHILDREN));
  return {
    rows: rows.filter((row) => !isChild(row) || kept.has(row)),
    left: children.length - MOST_CHILDREN,
  };
}

function isChild(row: Row): row is Extract<Row, { lane: unknown }> {
  return "lane" in row && row.lane.kind === "child";
}

function isLookedFor(row: Extract<Row, { lane: unknown }>): boolean {
  const outcome = row.lane.segments.at(-1)?.outcome;
  return outcome === "failed" || outcome === "cancelled";
}
