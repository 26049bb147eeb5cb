import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRoute, runHref, runsHref, startHref } from "../../src/dashboard/route.ts";
import { hasText, queryOf, readFilters, writeFilters } from "../../src/dashboard/runs/filters.ts";

const HOUR = 3_600_000;
const read = (text: string) => readFilters(new URLSearchParams(text));

describe("the address of a page", () => {
  test.each(["", "#", "#/", "#/?status=failed"])("%s is that of the runs", (hash) => {
    expect(readRoute(hash).page).toBe("runs");
  });

  test.each(["#/nothing", "#/runs", "#/runs/a/b", "#/start/a/b"])("%s leads nowhere", (hash) => {
    expect(readRoute(hash)).toEqual({ page: "nowhere" });
  });

  test("leads to what it was made for, whatever the name", async () => {
    await fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
        expect(readRoute(runHref(name))).toEqual({ page: "run", runId: name });
        expect(readRoute(startHref(name))).toEqual({ page: "start", workflow: name });
        const route = readRoute(runsHref(new URLSearchParams({ tag: name })));
        expect(route.page === "runs" && route.filters.get("tag")).toBe(name);
      }),
    );
    expect(readRoute(startHref())).toEqual({ page: "start", workflow: undefined });
  });

  test("is read as it stands where it is broken", () => {
    expect(readRoute("#/runs/%E0%A4%A")).toEqual({ page: "run", runId: "%E0%A4%A" });
  });
});

describe("the filters of the list", () => {
  test("come back from the address as they were", () => {
    const filters = { status: "failed", workflow: "order", tag: "a b&c", since: "1h" } as const;
    expect(readFilters(writeFilters(filters))).toEqual(filters);
  });

  test("leave out what is empty or unknown", () => {
    expect(read("status=gone&since=1y&tag=&text=x")).toEqual({ text: "x" });
    expect(writeFilters({ tag: "", status: undefined }).toString()).toBe("");
  });

  test("ask for a span that is counted back from now", () => {
    const now = Date.UTC(2026, 0, 31);
    expect(queryOf(read("since=1h&from=2020-01-01"), now)).toMatchObject({
      createdAfter: new Date(now - HOUR),
      createdBefore: undefined,
    });
  });

  test("ask for what lies between two times, as far as they are times", () => {
    expect(queryOf(read("from=2020-01-01T12:00Z&to=soon"), 0)).toMatchObject({
      createdAfter: new Date("2020-01-01T12:00Z"),
      createdBefore: undefined,
    });
  });

  test.each([
    ["RUN_1", true],
    [" ord", true],
    ["eu", true],
    ["us", false],
  ])("find the text %s: %s", (text, found) => {
    expect(hasText({ runId: "run_12", workflow: "order", tags: ["EU"] }, text)).toBe(found);
  });
});
