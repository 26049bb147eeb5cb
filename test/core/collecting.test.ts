import { describe, expect, it } from "vitest";
import { collecting } from "../../src/core/collecting.ts";
import {
  ContentionError,
  RunNotFoundError,
  StoreDamagedError,
  StoreUnavailableError,
  TimeoutError,
} from "../../src/core/errors.ts";

describe("of many runs that are asked", () => {
  it("each has its answer", async () => {
    const failures: Error[] = [];
    expect(await collecting(failures, Promise.resolve("stopped"))).toBe("stopped");
    expect(failures).toEqual([]);
  });

  it.each([
    new TimeoutError("It goes on."),
    new ContentionError("run", 50),
    new StoreDamagedError("An entry", "it is no JSON"),
  ])(
    "one that fails by itself ($code) is kept for the end, and keeps no other from being asked",
    async (failure) => {
      const failures: Error[] = [];
      expect(await collecting(failures, Promise.reject(failure))).toBeUndefined();
      expect(failures).toEqual([failure]);
    },
  );

  it("one that was deleted meanwhile has no answer, and is no failure", async () => {
    const failures: Error[] = [];
    const gone = Promise.reject(new RunNotFoundError("run"));
    expect(await collecting(failures, gone)).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it("what no run is to blame for ends the loop", async () => {
    const down = new StoreUnavailableError("runs.get", new Error("down"));
    await expect(collecting([], Promise.reject(down))).rejects.toBe(down);
  });
});
