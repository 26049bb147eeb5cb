/**
 * Where a moment lies across the timeline. Pure.
 *
 * Time runs evenly, but for stretches that would leave no room for anything else, such as a sleep of
 * a day between steps of a second: each of those is cut short to one same width.
 */
import type { Layout } from "./layout.ts";

/** A stretch of time that is not drawn to scale. */
export interface Cut {
  from: number;
  to: number;
}

export interface Tick {
  /** From 0 to 1. */
  place: number;
  /** Since the start, in milliseconds. */
  elapsed: number;
}

export interface Scale {
  /** From 0, at the start, to 1. */
  place(time: number): number;
  cuts: Cut[];
  ticks: Tick[];
}

interface Stretch extends Cut {
  /** How wide it is drawn, in milliseconds of the others. */
  width: number;
}

/** Shorter stretches are never cut. */
const SHORTEST_CUT_MS = 1000;
/** What is cut is so many times longer than anything that is not. */
const CONTRAST = 6;
/** All that is not cut takes no more than this part of the time. */
const LARGEST_REST = 0.15;
/** How wide all cuts are, measured by all that is not cut. */
const WIDTH_OF_CUTS = 0.6;

/** @param now where a run that has not ended is drawn to. */
export function scaleOf(layout: Layout, now: number): Scale {
  const stretches = stretchesOf(layout, Math.max(layout.to ?? now, layout.from + 1));
  const cuts = cutsOf(stretches, layout);
  const rest = sum(stretches.filter((each) => !cuts.includes(each)).map(({ width }) => width));
  for (const cut of cuts) cut.width = (rest * WIDTH_OF_CUTS) / cuts.length;
  const total = sum(stretches.map(({ width }) => width));
  const place = (time: number): number => {
    let before = 0;
    for (const { from, to, width } of stretches) {
      if (time < to) return (before + (width * Math.max(0, time - from)) / (to - from)) / total;
      before += width;
    }
    return 1;
  };
  return { place, cuts, ticks: ticksOf(stretches, cuts, place, layout.from) };
}

/** The time between any two moments at which something begins or ends. */
function stretchesOf({ from, lanes, marks, inboxes }: Layout, end: number): Stretch[] {
  const bars = lanes.flatMap(({ segments }) => segments);
  const moments = [from, end, ...marks.map(({ at }) => at)];
  for (const { at } of inboxes.flatMap(({ messages }) => messages)) moments.push(at.getTime());
  for (const bar of bars) moments.push(bar.from, bar.to ?? end);
  const sorted = [...new Set(moments)]
    .filter((time) => time >= from && time <= end)
    .sort((a, b) => a - b);
  return sorted.slice(1).map((to, index) => {
    const start = sorted[index] ?? from;
    return { from: start, to, width: to - start };
  });
}

/** The most stretches that stand out from all others, if something is left to be seen then. */
function cutsOf(stretches: readonly Stretch[], { lanes }: Layout): Stretch[] {
  const total = sum(stretches.map(({ width }) => width));
  const longest = stretches.toSorted((a, b) => b.width - a.width);
  let cuts: Stretch[] = [];
  let rest = total;
  for (const [index, { width }] of longest.entries()) {
    if (width < SHORTEST_CUT_MS) break;
    rest -= width;
    const next = longest[index + 1]?.width ?? 0;
    if (rest > 0 && rest <= LARGEST_REST * total && width >= CONTRAST * next) {
      cuts = longest.slice(0, index + 1);
    }
  }
  return lanes.some(({ segments }) =>
    segments.some((bar) => !cuts.some((cut) => overlaps(bar, cut))),
  )
    ? cuts
    : [];
}

function overlaps(bar: { from: number; to: number | undefined }, cut: Cut): boolean {
  return bar.from < cut.to && (bar.to === undefined || bar.to > cut.from);
}

const MOST_TICKS = 8;
/** Closer than this, labels would meet. */
const CLOSEST = 1 / 10;

function ticksOf(
  stretches: readonly Stretch[],
  cuts: readonly Stretch[],
  place: (time: number) => number,
  from: number,
): Tick[] {
  const drawn = sum(stretches.map(({ width }) => width));
  const step = niceStep(drawn / MOST_TICKS);
  const ticks: Tick[] = [{ place: 0, elapsed: 0 }];
  for (const stretch of stretches) {
    if (cuts.includes(stretch)) continue;
    const first = Math.ceil((stretch.from - from) / step) * step;
    for (let elapsed = first; elapsed <= stretch.to - from; elapsed += step) {
      const at = place(from + elapsed);
      if (at - (ticks.at(-1)?.place ?? 0) >= CLOSEST && at <= 1 - CLOSEST / 2) {
        ticks.push({ place: at, elapsed });
      }
    }
  }
  return ticks;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const UNITS = [1, SECOND, MINUTE, HOUR, 24 * HOUR];
const MULTIPLES = [1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500];

/** The least round duration that is no less. */
function niceStep(atLeast: number): number {
  for (const [index, unit] of UNITS.entries()) {
    const next = UNITS[index + 1] ?? Number.POSITIVE_INFINITY;
    const found = MULTIPLES.find((times) => times * unit >= atLeast && times * unit < next);
    if (found !== undefined) return found * unit;
  }
  return 10 ** Math.ceil(Math.log10(atLeast));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** A place as CSS takes it. */
export function percent(place: number): string {
  return `${(place * 100).toFixed(3)}%`;
}
