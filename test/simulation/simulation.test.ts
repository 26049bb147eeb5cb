import { describe, expect, it } from "vitest";
import { RECORDED_SEEDS } from "./recorded-seeds.ts";
import { report, simulateSeed } from "./seeds.ts";
import type { Kind } from "./variety.ts";

/** Verified, each event is replayed from the start as well: that costs as much again and more. */
const SEEDS = process.env["DETENT_REPLAY"] === "verify" ? 300 : 700;
const AT_ONCE = 100;

/** A failing seed shows all that happened, and how to see it again. */
async function expectWell(seed: number, kinds?: readonly Kind[]): Promise<void> {
  const drawn = kinds && { kinds };
  const { violations } = await simulateSeed(seed, { tracing: false, ...drawn });
  if (violations.length === 0) return;
  const told = await simulateSeed(seed, { tracing: true, ...drawn });
  expect.fail(`${violations.join("\n")}\n${report(told)}`);
}

describe("a simulated run", () => {
  for (let from = 1; from <= SEEDS; from += AT_ONCE) {
    const to = from + AT_ONCE - 1;
    it(`keeps every promise whatever goes wrong: seeds ${from} to ${to}`, async () => {
      for (let seed = from; seed <= to; seed += 1) await expectWell(seed);
    });
  }

  for (const { seed, kinds, was } of RECORDED_SEEDS) {
    it(`keeps its promises where it once did not: seed ${seed}, ${was}`, async () => {
      await expectWell(seed, kinds);
    });
  }

  it("comes out the same every time", async () => {
    for (const seed of [3, 5, 8, 13, 21]) {
      const [once, again] = [
        report(await simulateSeed(seed, { tracing: true })),
        report(await simulateSeed(seed, { tracing: true })),
      ];
      expect(again).toBe(once);
    }
  });
});
