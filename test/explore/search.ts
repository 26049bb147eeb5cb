/**
 * Goes through every schedule of a world within bounds. A world cannot be taken back, so each schedule
 * is played from the start, and is a function of what is chosen in it.
 *
 * SE1. Each schedule is played once. It stands for all of its last departure's alternatives: those
 *      before that belong to the schedules that it departs from.
 * SE2. The cheapest come first, and of those the ones that depart least often from the plainest, so the
 *      first fault that is found is one of the plainest.
 * SE3. What comes to a state that another has come to, at no greater cost in either respect, is not
 *      followed any further: whatever can be made of it there, the other's alternatives make of it.
 *      This holds as states say all that what follows depends on, the judgement included, and as
 *      what a schedule has done wrong before is judged where it is cut.
 */
import { type Cost, costsWithin, isWithin, sum } from "./bounds.ts";
import { choicesOf, costOf, lengthOf, type Path } from "./path.ts";

export interface Choice {
  cost: Cost;
}

/**
 * Chooses one of what may happen next; nothing to end the schedule there. The first costs nothing.
 * @param state tells two states apart; equal ones are one.
 */
export type Choose = (choices: readonly Choice[], state: () => number) => number | undefined;

/** A world that is played from its start with each call. */
export type Play<Result> = (choose: Choose) => Promise<Result>;

export interface Seen<Result> {
  path: Path;
  result: Result;
  /** It came to a state that was known. */
  joined: boolean;
}

export interface SearchOptions {
  bounds: Cost;
  /** Whether states that were seen are known again. */
  joining: boolean;
}

/** A bit for each cost. */
const MOST_OF_EACH = 5;
const bitOf = ({ preemptions, misfortunes }: Cost): number =>
  1 << (preemptions * MOST_OF_EACH + misfortunes);

/** The schedules of one cost that are yet to be played: the shortest path first. */
class Ahead {
  readonly cost: Cost;
  readonly #byLength: Path[][] = [];
  #count = 0;

  constructor(cost: Cost) {
    this.cost = cost;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  push(path: Path): void {
    const length = lengthOf(path);
    const paths = this.#byLength[length] ?? [];
    this.#byLength[length] = paths;
    paths.push(path);
    this.#count += 1;
  }

  pop(): Path {
    const shortest = this.#byLength.find((paths) => paths !== undefined && paths.length > 0);
    this.#count -= 1;
    return shortest?.pop();
  }
}

export class Search<Result> {
  readonly #play: Play<Result>;
  readonly #options: SearchOptions;
  /** The schedules that are yet to be played, by their costs. */
  readonly #ahead: Ahead[];
  /** The costs at which each state was come to. */
  readonly #known = new Map<number, number>();

  constructor(play: Play<Result>, options: SearchOptions) {
    const { preemptions, misfortunes } = options.bounds;
    if (Math.max(preemptions, misfortunes) >= MOST_OF_EACH) {
      throw new Error(`Of each there are ${MOST_OF_EACH - 1} at most.`);
    }
    this.#play = play;
    this.#options = options;
    this.#ahead = costsWithin(options.bounds).map((cost) => new Ahead(cost));
    this.#ahead[0]?.push(undefined);
  }

  /** Whether there is no other. */
  get isOver(): boolean {
    return this.#ahead.every(({ isEmpty }) => isEmpty);
  }

  get states(): number {
    return this.#known.size;
  }

  /** The cost of the next one. */
  get reached(): Cost | undefined {
    return this.#ahead.find(({ isEmpty }) => !isEmpty)?.cost;
  }

  async next(): Promise<Seen<Result> | undefined> {
    const cheapest = this.#ahead.find(({ isEmpty }) => !isEmpty);
    return cheapest && (await this.#follow(cheapest.pop()));
  }

  async #follow(path: Path): Promise<Seen<Result>> {
    const given = choicesOf(path);
    const cost = costOf(path);
    let at = 0;
    let joined = false;
    const choose: Choose = (choices, state) => {
      const here = at++;
      const index = given.get(here) ?? 0;
      if (index >= choices.length) throw new Error(`There is no choice ${here}.${index}.`);
      if (path && here <= path.at) return index;
      if (this.#options.joining && this.#isKnown(state(), cost)) {
        joined = true;
        return undefined;
      }
      // The last in first: they are played in the order in which they are offered.
      for (let other = choices.length - 1; other > 0; other -= 1) {
        this.#plan(path, { at: here, index: other, cost: choices[other]?.cost });
      }
      return 0;
    };
    const result = await this.#play(choose);
    return { path, result, joined };
  }

  #plan(
    before: Path,
    { at, index, cost }: { at: number; index: number; cost: Cost | undefined },
  ): void {
    const total = cost && sum(costOf(before), cost);
    if (!total || !isWithin(total, this.#options.bounds)) return;
    const length = lengthOf(before) + 1;
    const ahead = this.#ahead.find((each) => bitOf(each.cost) === bitOf(total));
    ahead?.push({ before, at, index, cost: total, length });
  }

  /** Whether it was come to at no greater cost. From now on it is known. */
  #isKnown(state: number, cost: Cost): boolean {
    const known = this.#known.get(state) ?? 0;
    for (let preemptions = 0; preemptions <= cost.preemptions; preemptions += 1) {
      for (let misfortunes = 0; misfortunes <= cost.misfortunes; misfortunes += 1) {
        if (known & bitOf({ preemptions, misfortunes })) return true;
      }
    }
    this.#known.set(state, known | bitOf(cost));
    return false;
  }
}

/** Plays one schedule. */
export async function replay<Result>(
  play: Play<Result>,
  choices: ReadonlyMap<number, number>,
): Promise<Result> {
  let at = 0;
  return await play((offered) => {
    const here = at++;
    const index = choices.get(here) ?? 0;
    if (index >= offered.length) throw new Error(`There is no choice ${here}.${index}.`);
    return index;
  });
}
