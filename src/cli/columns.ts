import Table from "cli-table3";
import type { Colours } from "./output.ts";

/** Nothing between the columns but room. */
const NO_LINES = {
  chars: {
    ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
    ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
    ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "" },
    middle: "  ",
  },
  style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
};

/** Rows under their headings, in columns. */
export function columns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { dim }: Colours,
): string {
  return layOut([headings.map((heading) => dim(heading)), ...rows]);
}

/** What is said of one thing: a name and a text in each row. */
export function facts(
  rows: readonly (readonly [string, string] | undefined)[],
  { dim }: Colours,
): string {
  return layOut(rows.flatMap((row) => (row ? [[dim(row[0]), row[1]]] : [])));
}

function layOut(rows: readonly (readonly string[])[]): string {
  const table = new Table(NO_LINES);
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
