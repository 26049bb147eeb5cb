import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SortedMap } from "../../src/core/sorted-map.ts";

const ascending = (a: number, b: number): number => a - b;

/** What is done to a map: a key that gets a value, or loses it. */
const change = fc.record({ key: fc.integer({ min: 0, max: 60 }), value: fc.option(fc.integer()) });

function changed(
  map: SortedMap<number, number>,
  { key, value }: { key: number; value: number | null },
) {
  return value === null ? map.without(key) : map.with(key, value);
}

describe("a sorted map", () => {
  test("holds what a Map would hold, in the order of the keys", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        let map = SortedMap.empty<number, number>(ascending);
        const expected = new Map<number, number>();
        for (const each of changes) {
          map = changed(map, each);
          if (each.value === null) expected.delete(each.key);
          else expected.set(each.key, each.value);
          expect(map.size).toBe(expected.size);
          expect(map.get(each.key)).toBe(expected.get(each.key));
        }
        const sorted = [...expected].sort(([a], [b]) => a - b);
        expect([...map.entries()]).toEqual(sorted);
        expect([...map.values()]).toEqual(sorted.map(([, value]) => value));
      }),
    );
  });

  test("is never changed by what follows from it", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const maps = [SortedMap.empty<number, number>(ascending)];
        const held: string[] = [];
        for (const each of changes) {
          const last = maps.at(-1) ?? SortedMap.empty(ascending);
          held.push(JSON.stringify([...last.entries()]));
          maps.push(changed(last, each));
        }
        for (const [index, was] of held.entries()) {
          expect(JSON.stringify([...(maps[index]?.entries() ?? [])])).toBe(was);
        }
      }),
    );
  });

  test("is itself when it loses what it does not hold", () => {
    const map = SortedMap.empty<number, string>(ascending).with(1, "one").with(3, "three");
    expect(map.without(2)).toBe(map);
  });

  test.each([
    ["in order", (index: number) => index],
    ["in reverse", (index: number) => -index],
    ["from both ends", (index: number) => (index % 2 === 0 ? index : -index)],
    ["all over", (index: number) => (index * 7919) % 2_003],
  ])("finds its way in few steps among many keys that came %s", (_, keyAt) => {
    let steps = 0;
    const counting = (a: number, b: number): number => {
      steps += 1;
      return a - b;
    };
    const keys = Array.from({ length: 2_000 }, (_, index) => keyAt(index));
    let map = keys.reduce(
      (filled, key) => filled.with(key, key),
      SortedMap.empty<number, number>(counting),
    );
    const most = (work: () => void): number => {
      steps = 0;
      work();
      return steps;
    };
    // The height of a tree of which no side is more than three times as large as the other.
    const height = Math.ceil(Math.log(2_000) / Math.log(4 / 3));
    for (const key of keys) expect(most(() => map.get(key))).toBeLessThanOrEqual(height);
    for (const key of keys.slice(0, 1_990)) {
      expect(most(() => (map = map.without(key)))).toBeLessThanOrEqual(height);
    }
    expect(map.size).toBe(10);
  });
});
