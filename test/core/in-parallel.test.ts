import { expect, test } from "vitest";
import { inParallel } from "../../src/core/in-parallel.ts";

test("does so many at once, begins the next as soon as one is done, and answers in order", async () => {
  const open: (() => void)[] = [];
  const begun: number[] = [];
  const all = inParallel(
    [0, 1, 2, 3],
    async (each) => {
      begun.push(each);
      await new Promise<void>((resolve) => {
        open[each] = resolve;
      });
      return each * 10;
    },
    2,
  );
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await undefined;
  };
  expect(begun).toEqual([0, 1]);
  open[1]?.();
  await turns();
  expect(begun).toEqual([0, 1, 2]);
  for (const each of [2, 0, 3]) {
    open[each]?.();
    await turns();
  }
  expect(await all).toEqual([0, 10, 20, 30]);
});

test("begins nothing more once something has failed", async () => {
  const begun: number[] = [];
  const failing = inParallel(
    [0, 1, 2],
    async (each) => {
      begun.push(each);
      throw new Error(`no ${each}`);
    },
    1,
  );
  await expect(failing).rejects.toThrow("no 0");
  expect(begun).toEqual([0]);
  expect(await inParallel([], async () => 1)).toEqual([]);
});
