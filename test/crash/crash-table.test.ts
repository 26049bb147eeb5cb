import { describe, expect, it } from "vitest";
import { report } from "../simulation/seeds.ts";
import { CASES } from "./cases.ts";
import { FAULTS, type Row, rowsOf, wrongWith } from "./table.ts";

const TABLES = await Promise.all(
  CASES.map(async (each) => ({ ...each, rows: await rowsOf(each) })),
);

const NONE = { index: -1, fault: "diesBefore" } as const;

describe("a crash at each call to store, scheduler and queue", () => {
  for (const table of TABLES) {
    const { title, rows } = table;
    const calls = rows.length / FAULTS.length;

    it(`leaves ${title} as it should end without one`, async () => {
      expect((await wrongWith(table, NONE)).violations).toEqual([]);
    });

    it(`is survived by ${title}: ${calls} calls × ${FAULTS.length} faults = ${rows.length} runs`, async () => {
      const wrong: string[] = [];
      let first: Row | undefined;
      for (const row of rows) {
        const { violations } = await wrongWith(table, row);
        if (violations.length === 0) continue;
        first ??= row;
        wrong.push(`${row.fault} at call ${row.index}, ${row.call}: ${violations.join("; ")}`);
      }
      const story = first && report((await wrongWith(table, first, { tracing: true })).judged);
      expect(wrong, story).toEqual([]);
    }, 120_000);
  }
});
