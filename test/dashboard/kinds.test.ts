import { expect, expectTypeOf, test } from "vitest";
import { BARS } from "../../src/dashboard/timeline/bars.ts";
import { DRAWN_KINDS, type DrawnKind } from "../../src/dashboard/timeline/kinds.ts";
import { type Kind, SHOWN_KINDS } from "../../src/http/client/kinds.ts";

/** Must compile; is not run. */
const allowed = (_: () => unknown): void => {};

test("every kind of command is drawn, and so is each of its events", () => {
  expect(Object.keys(DRAWN_KINDS)).toEqual(Object.keys(SHOWN_KINDS));
  type Table = { readonly [K in Kind]: DrawnKind<K> };
  expectTypeOf(DRAWN_KINDS).toExtend<Table>();
  const { sleep: _sleep, ...rest } = DRAWN_KINDS;
  // @ts-expect-error sleeps are not drawn
  allowed(() => rest satisfies Table);
  const { "sleep.cancelled": _cancelled, ...draws } = DRAWN_KINDS.sleep.draws;
  // @ts-expect-error a sleep that is cancelled is not drawn
  allowed(() => ({ ...DRAWN_KINDS.sleep, draws }) satisfies DrawnKind<"sleep">);
});

test("every bar has its words", () => {
  const { sleep: _sleep, ...rest } = BARS;
  // @ts-expect-error nothing is said of a bar for a sleep
  allowed(() => rest satisfies typeof BARS);
});
