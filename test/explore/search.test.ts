import { describe, expect, it } from "vitest";
import { type Cost, costsWithin, FREE } from "./bounds.ts";
import { choicesIn, codeOf, costOf } from "./path.ts";
import { type Choose, type Play, replay, Search } from "./search.ts";

const PREEMPTION: Cost = { preemptions: 1, misfortunes: 0 };
const MISFORTUNE: Cost = { preemptions: 0, misfortunes: 1 };

/** Workers that make so many moves each; a worker that could go on is preempted at a price. */
function workers(...moves: number[]): Play<string> {
  return async (choose) => {
    const left = [...moves];
    let [at, story] = [-1, ""];
    for (;;) {
      const able = left.flatMap((count, worker) => (count > 0 ? [worker] : []));
      const isAble = able.includes(at);
      const order = isAble ? [at, ...able.filter((worker) => worker !== at)] : able;
      const choices = order.map((_, index) => ({ cost: isAble && index > 0 ? PREEMPTION : FREE }));
      if (choices.length === 0) return story;
      const chosen = choose(choices, () => Number(`1${left.join("")}${at + 1}`));
      if (chosen === undefined) return `${story}…`;
      at = order[chosen] ?? 0;
      left[at] = (left[at] ?? 0) - 1;
      story += "abc"[at];
    }
  };
}

async function allOf<Result>(
  play: Play<Result>,
  options: { preemptions: number; misfortunes?: number; joining?: boolean },
): Promise<{ stories: Result[]; search: Search<Result>; codes: string[] }> {
  const { preemptions, misfortunes = 0, joining = false } = options;
  const search = new Search(play, { bounds: { preemptions, misfortunes }, joining });
  const [stories, codes]: [Result[], string[]] = [[], []];
  for (let seen = await search.next(); seen; seen = await search.next()) {
    stories.push(seen.result);
    codes.push(codeOf(seen.path));
  }
  return { stories, search, codes };
}

describe("a search", () => {
  it("plays each schedule once, and there is no other", async () => {
    const { stories, search } = await allOf(workers(3, 3), { preemptions: 4 });
    // Of six moves any three are the one's, but for the two that take five preemptions or more.
    const every = [...Array(64).keys()]
      .map((bits) => [...Array(6).keys()].map((at) => "ab"[(bits >> at) & 1]).join(""))
      .filter((story) => story.replaceAll("a", "").length === 3);
    expect(every).toHaveLength(20);
    expect(new Set(stories).size).toBe(stories.length);
    expect(stories.toSorted()).toEqual(every.toSorted());
    expect(search.isOver).toBe(true);
    expect(search.reached).toBeUndefined();
  });

  it("plays without preemptions what can be done without, and with each one more", async () => {
    const counts = await Promise.all(
      [0, 1, 2].map(
        async (preemptions) => (await allOf(workers(3, 3), { preemptions })).stories.length,
      ),
    );
    // aaabbb and bbbaaa; then one of them is cut in one of two places; then either is, or one twice.
    expect(counts).toEqual([2, 6, 14]);
  });

  it("plays the plainest first", async () => {
    const play: Play<Cost> = async (choose) => {
      const choices = [{ cost: FREE }, { cost: MISFORTUNE }, { cost: PREEMPTION }];
      let cost = FREE;
      for (let time = 0; time < 3; time += 1) {
        const chosen = choices[choose(choices, () => 0) ?? 0]?.cost ?? FREE;
        const { preemptions, misfortunes } = chosen;
        cost = {
          preemptions: cost.preemptions + preemptions,
          misfortunes: cost.misfortunes + misfortunes,
        };
      }
      return cost;
    };
    const { stories } = await allOf(play, { preemptions: 2, misfortunes: 1 });
    const order = costsWithin({ preemptions: 2, misfortunes: 1 });
    expect(order.map(({ preemptions, misfortunes }) => [preemptions, misfortunes])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [2, 0],
      [1, 1],
      [2, 1],
    ]);
    const seen = stories.map((cost) => JSON.stringify(cost));
    expect([...new Set(seen)]).toEqual(order.map((cost) => JSON.stringify(cost)));
    // Of three choices one, each, two, one of either kind, and one misfortune beside two preemptions.
    expect(
      order.map((cost) => seen.filter((each) => each === JSON.stringify(cost)).length),
    ).toEqual([1, 3, 3, 3, 6, 3]);
  });

  it("follows no schedule beyond a state that it has come to at no greater cost", async () => {
    const all = await allOf(workers(3, 3, 3), { preemptions: 4 });
    const joined = await allOf(workers(3, 3, 3), { preemptions: 4, joining: true });
    const whole = (stories: string[]): string[] => stories.filter((story) => !story.endsWith("…"));
    expect(whole(joined.stories).length).toBeLessThan(all.stories.length / 10);
    // What is left of each that was cut is an end of one that was not.
    expect(joined.search.states).toBeLessThan(4 ** 3 * 4);
    expect(new Set(whole(joined.stories)).size).toBeGreaterThan(0);
  });

  it("comes to every state, also where it follows none twice", async () => {
    const statesOf = async (joining: boolean): Promise<Set<number>> => {
      const states = new Set<number>();
      const play: Play<string> = (choose) => {
        const noting: Choose = (choices, state) => {
          states.add(state());
          return choose(choices, state);
        };
        return workers(2, 3, 2)(noting);
      };
      await allOf(play, { preemptions: 2, joining });
      return states;
    };
    expect(await statesOf(true)).toEqual(await statesOf(false));
  });

  it("replays each schedule by its code", async () => {
    const { stories, codes } = await allOf(workers(2, 3), { preemptions: 2 });
    expect(codes[0]).toBe("0");
    expect(new Set(codes).size).toBe(codes.length);
    const again = await Promise.all(codes.map((code) => replay(workers(2, 3), choicesIn(code))));
    expect(again).toEqual(stories);
  });

  it("refuses what is no code, or none of the world's", async () => {
    expect(() => choicesIn("nonsense")).toThrow('"nonsense" is not the code of a schedule');
    await expect(replay(workers(1, 1), choicesIn("0.7"))).rejects.toThrow("no choice 0.7");
    expect(costOf(undefined)).toEqual(FREE);
  });
});
