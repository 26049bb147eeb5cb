import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DEEPEST_VALUE, ENTRY_LIMIT, LONGEST_BIGINT, USUAL_EVENTS } from "../../src/core/bounds.ts";
import { VALUE_LIMIT } from "../../src/ports/limits.ts";

const page = readFileSync(new URL("../../docs/values.md", import.meta.url), "utf8");

it.each([
  ["levels of containers", String(DEEPEST_VALUE)],
  ["digits of a BigInt", LONGEST_BIGINT.toLocaleString("en")],
  ["a result or output", `${VALUE_LIMIT / 1024} KiB`],
  ["events of a run's log", USUAL_EVENTS.toLocaleString("en")],
  ["an input", `${ENTRY_LIMIT / 1024} KiB`],
])("the page on values tells the limit of %s", (what, limit) => {
  const row = page.split("\n").find((line) => line.startsWith(`| ${what}`));
  expect(row?.split(" | ")[1]).toBe(limit);
});
