import { afterEach, describe, expect, it, vi } from "vitest";
import { createConsoleLogger, createJsonLogger } from "../../src/engine/index.ts";
import { keepLines } from "./kept-lines.ts";

afterEach(() => void vi.restoreAllMocks());

describe("a JSON logger", () => {
  it("writes time, level and message, then the fields", () => {
    const { logger, text, lines } = keepLines();
    logger.warn("Stock is low", { sku: "a", left: 2n });
    expect(text()).toMatch(/^\{"time":"\d{4}-.*Z","level":"warn","message":"Stock is low","sku":/);
    expect(lines()).toEqual([
      { time: expect.any(String), level: "warn", message: "Stock is low", sku: "a", left: "2" },
    ]);
  });

  it("has children, whose fields stand on each of their lines", () => {
    const { logger, lines } = keepLines();
    const child = logger.child({ runId: "run_1", part: "a" }).child({ part: "b" });
    child.info("one", { n: 1 });
    child.debug("two");
    logger.error("three");
    expect(lines()).toMatchObject([
      { level: "info", message: "one", runId: "run_1", part: "b", n: 1 },
      { level: "debug", message: "two", runId: "run_1", part: "b" },
      { level: "error", message: "three" },
    ]);
    expect(lines()[2]).not.toHaveProperty("runId");
  });

  it("keeps a field apart that is called as what the line itself says", () => {
    const { logger, lines } = keepLines();
    logger.info("mine", { message: "yours", time: 1, level: "x" });
    expect(lines()).toEqual([
      {
        time: expect.any(String),
        level: "info",
        message: "mine",
        "fields.message": "yours",
        "fields.time": 1,
        "fields.level": "x",
      },
    ]);
  });

  it.each([
    ["debug", ["debug", "info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["silent", []],
    [undefined, ["info", "warn", "error"]],
  ] as const)("at level %s writes %j", (level, expected) => {
    const written: string[] = [];
    const logger = createJsonLogger({ level, write: (_, at) => written.push(at) });
    for (const at of ["debug", "info", "warn", "error"] as const) logger[at]("x");
    expect(written).toEqual(expected);
  });

  it("never throws: neither for its fields, nor where nothing can be written", () => {
    const { logger, lines } = keepLines();
    const broken = {
      get field() {
        throw new Error("no");
      },
    };
    logger.child(broken).info("kept", { n: 1 });
    expect(lines()).toMatchObject([{ message: "kept", fields: "[unreadable]" }]);
    const mute = createJsonLogger({
      write() {
        throw new Error("EPIPE");
      },
    });
    expect(() => mute.error("lost")).not.toThrow();
  });

  it("writes to the console unless told otherwise: one line, at its level", () => {
    const methods = ["debug", "info", "warn", "error"] as const;
    const written = methods.map((method) => vi.spyOn(console, method).mockReturnValue());
    createConsoleLogger().info("quiet");
    createConsoleLogger().warn("loud");
    createConsoleLogger("silent").error("none");
    createJsonLogger().info("told");
    const calls = written.map(({ mock }) => mock.calls.map(([line]) => JSON.parse(line).message));
    expect(calls).toEqual([[], ["told"], ["loud"], []]);
  });
});
