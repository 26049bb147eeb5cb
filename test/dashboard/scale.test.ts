import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lane } from "../../src/dashboard/timeline/lane.ts";
import { type Layout, layOut } from "../../src/dashboard/timeline/layout.ts";
import { scaleOf } from "../../src/dashboard/timeline/scale.ts";
import { eventsOf, stepNamed, type Told } from "./logs.ts";

/** A run whose steps took so long, one after the other, and then ended. */
function runOf(...lengths: readonly number[]): Layout {
  const told: Told[] = [[0, "workflow.started"]];
  let at = 0;
  for (const [command, length] of lengths.entries()) {
    told.push([at, "step.started", stepNamed("work", command)]);
    at += length;
    told.push([at, "step.completed", stepNamed("work", command)]);
  }
  told.push([at, "workflow.completed"]);
  return layOut(eventsOf(...told));
}

const cutsIn = (layout: Layout) => scaleOf(layout, 0).cuts.map(({ from, to }): number => to - from);

describe("the scale of the timeline", () => {
  test("is even where nothing stands out", () => {
    const { place, cuts } = scaleOf(runOf(300, 100, 600), 0);
    expect(cuts).toEqual([]);
    expect([0, 300, 500, 1000].map(place)).toEqual([0, 0.3, 0.5, 1]);
  });

  test.each([
    ["a day between seconds", [1000, 86_400_000, 2000, 500], [86_400_000]],
    ["two waits of much the same length", [400, 3_600_000, 300, 3_000_000], [3_600_000, 3_000_000]],
    ["days and hours between seconds", [900, 9e7, 800, 4e6, 700], [9e7, 4e6]],
  ])("cuts %s short", (_what, lengths, cuts) => {
    expect(cutsIn(runOf(...lengths)).toSorted((a, b) => b - a)).toEqual(cuts);
  });

  test.each([
    ["of a run that does one thing", [86_400_000]],
    ["shorter than a second", [900, 5, 5]],
    ["that is not much longer than the next", [5000, 1200, 1000]],
  ])("leaves a stretch %s as it is", (_what, lengths) => {
    expect(cutsIn(runOf(...lengths))).toEqual([]);
  });

  test("leaves room for the rest beside what it cuts", () => {
    const { place } = scaleOf(runOf(1000, 86_400_000, 1000), 0);
    expect(place(1000)).toBeGreaterThan(0.25);
    expect(1 - place(86_401_000)).toBeGreaterThan(0.25);
  });

  test("goes to the present for a run that has not ended", () => {
    const layout = layOut(
      eventsOf([0, "workflow.started"], [0, "step.started", stepNamed("work", 0)]),
    );
    expect(scaleOf(layout, 500).place(250)).toBe(0.5);
  });

  test("keeps the order of moments, whatever the run, and marks round ones", async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 10_000_000_000 }), { maxLength: 12 });
    await fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 1_000_000 }), (steps, now) => {
        const layout = runOf(...steps);
        const { place, ticks } = scaleOf(layout, now);
        const moments = layout.lanes.flatMap(({ segments }: Lane) =>
          segments.flatMap(({ from, to = now }) => [from, to]),
        );
        const places = moments.toSorted((a, b) => a - b).map(place);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        for (const each of places) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(1);
        }
        const marked = ticks.map((tick) => tick.place);
        expect(marked).toEqual(marked.toSorted((a, b) => a - b));
        expect(ticks.length).toBeLessThanOrEqual(11);
      }),
    );
  });
});
