import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/index.ts";
import { VirtualClock } from "../../src/testing/index.ts";

describe("a virtual clock", () => {
  const create = (): VirtualClock => new VirtualClock(1000, async () => undefined);

  test("stands still until it is told to move", async () => {
    const clock = create();
    let fired = false;
    clock.after(0, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([clock.now(), fired]).toEqual([1000, false]);
    await clock.advance(0);
    expect([clock.now(), fired]).toEqual([1000, true]);
  });

  test("fires what is due on the way, each at its time, in order", async () => {
    const clock = create();
    const fired: string[] = [];
    const note = (name: string) => (): void => void fired.push(`${name} at ${clock.now()}`);
    clock.after(30, note("c"));
    clock.after(10, note("a"));
    clock.after(10, note("b"));
    clock.after(40, note("too late"));
    clock.after(20, () => clock.after(5, note("made on the way")));
    await clock.advance("30ms");
    expect(fired).toEqual(["a at 1010", "b at 1010", "made on the way at 1025", "c at 1030"]);
    expect(clock.now()).toBe(1030);
  });

  test("does not fire what was cancelled, and cancelling what has fired is harmless", async () => {
    const clock = create();
    const fired: string[] = [];
    const cancelFirst = clock.after(10, () => void fired.push("first"));
    const cancelSecond = clock.after(10, () => void fired.push("second"));
    cancelFirst();
    await clock.advance(10);
    cancelSecond();
    cancelSecond();
    await clock.advance(10);
    expect(fired).toEqual(["second"]);
  });

  test("stops where something outside is due, and lets it happen", async () => {
    const visited: number[] = [];
    const outside = [1500, 2500];
    const clock: VirtualClock = new VirtualClock(1000, async (until) => {
      if (outside[0] === clock.now()) visited.push(outside.shift() ?? 0);
      return outside.find((time) => time <= until);
    });
    await clock.advance("1s");
    expect(visited).toEqual([1500]);
    await clock.advance("1s");
    expect(visited).toEqual([1500, 2500]);
  });

  test("takes the time of a timer that is overdue as now", async () => {
    const clock = create();
    const fired: number[] = [];
    clock.after(-50, () => void fired.push(clock.now()));
    await clock.advance("1s");
    expect(fired).toEqual([1000]);
  });

  test.each([-1, "soon", Number.NaN])("is not moved by %s", async (duration) => {
    const clock = create();
    await expect(clock.advance(duration)).rejects.toBeInstanceOf(InvalidInputError);
    expect(clock.now()).toBe(1000);
  });
});
