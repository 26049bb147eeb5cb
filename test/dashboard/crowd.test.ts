import { describe, expect, test } from "vitest";
import { countChildren, familyText } from "../../src/dashboard/family/family-counts.ts";
import { thinOut } from "../../src/dashboard/timeline/crowd.ts";
import { layOut, type Row } from "../../src/dashboard/timeline/layout.ts";
import type { RunEvent } from "../../src/http/client/index.ts";

const of = (command: number) => ({ command, child: `c${command}`, workflow: "w", shielded: false });
const at = new Date(0);

/** Of so many children: the first completed, the last but one failed, the others go on. */
function logOf(count: number): RunEvent[] {
  const step = { step: "plan", command: 1000, attempt: 1, shielded: false, claim: "c", lease: 1 };
  const events = [
    { type: "step.started", ...step },
    ...Array.from({ length: count }, (_, command) => ({ type: "child.started", ...of(command) })),
    ...Array.from({ length: count - 40 }, (_, command) => ({
      type: "child.completed",
      ...of(command),
      output: 1,
    })),
    { type: "child.failed", ...of(count - 2), status: "failed", error: new Error("lost") },
  ];
  return events.map((event, seq) => ({ seq, at, ...event })) as RunEvent[];
}

const namesOf = (rows: readonly Row[]) =>
  rows.flatMap((row) => ("lane" in row ? [row.lane.child ?? row.lane.name] : []));

describe("a timeline of hundreds of children", () => {
  test("has rows for few of them: what did not complete before what goes on, in order", () => {
    const { rows, left } = thinOut(layOut(logOf(500)).rows);
    expect(left).toBe(480);
    const open = Array.from({ length: 19 }, (_, index) => `c${460 + index}`);
    expect(namesOf(rows)).toEqual(["plan", ...open, "c498"]);
  });

  test("leaves none out of a few", () => {
    const { rows } = layOut(logOf(60));
    expect(thinOut(rows.slice(0, 21))).toEqual({ rows: rows.slice(0, 21), left: 0 });
  });
});

test("children are counted as the log tells of them", () => {
  const counts = countChildren([
    ...logOf(100),
    { type: "child.inherited", seq: 999, at, ...of(102), born: {} } as unknown as RunEvent,
    { type: "child.abandoned", seq: 1000, at, ...of(90) } as RunEvent,
    { type: "child.abandoned", seq: 1001, at, ...of(101), begun: false } as RunEvent,
  ]);
  expect(familyText(counts)).toBe(
    "101: 60 completed, 1 did not complete, 1 left to itself, 39 go on",
  );
});
