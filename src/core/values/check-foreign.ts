/**
 * Judges an encoding that somebody else made before anything is made of it. An encoding may refer to one
 * value from many places, and say that an array is long, so few bytes can stand for very many values.
 */
import { isContainer, ownSize, referencesOf } from "./foreign-item.ts";
import { Malformed } from "./malformed.ts";

export interface ForeignBounds {
  /** How many values it may take to write out everything that is referred to. */
  most: number;
  /** How many levels it may nest. */
  deepest: number;
}

/** @throws Malformed */
export function checkForeign(items: readonly unknown[], bounds: ForeignBounds): void {
  const [root] = weigh(items);
  if (!root) throw new Malformed("it is empty");
  if (root.levels > bounds.deepest) {
    throw new Malformed(`it is nested deeper than ${bounds.deepest} levels`);
  }
  if (root.size > bounds.most) {
    throw new Malformed(
      "it stands for too much: it refers to the same values too often, or claims too long arrays or patterns. Send values once, or less of them",
    );
  }
}

interface Weight {
  /** How many values it stands for, with all that it refers to. What refers back to itself counts once. */
  size: number;
  levels: number;
}

/** Of an item that is being visited: what refers back to it. */
const ONCE: Weight = { size: 1, levels: 0 };

interface Visit {
  index: number;
  references: readonly number[];
  /** How many of them have been weighed. */
  done: number;
  weight: Weight;
}

/**
 * The weight of each item that the first one leads to, in the order in which the reader goes through
 * them, so that they nest as they do for it. It does not call itself, as the reader does.
 */
function weigh(items: readonly unknown[]): (Weight | undefined)[] {
  const weights: (Weight | undefined)[] = [];
  const visits: Visit[] = [];
  const enter = (index: number): void => {
    const item = items[index];
    const weight = { size: ownSize(item, items), levels: 0 };
    weights[index] = ONCE;
    visits.push({ index, references: referencesOf(item, items), done: 0, weight });
  };
  if (items.length > 0) enter(0);
  for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
    const { index, references, done, weight } = visit;
    const reference = references[done];
    if (reference === undefined) {
      if (isContainer(items[index])) weight.levels += 1;
      weights[index] = weight;
      visits.pop();
      continue;
    }
    const known = weights[reference];
    if (known) {
      visit.done += 1;
      weight.size += known.size;
      weight.levels = Math.max(weight.levels, known.levels);
    } else {
      enter(reference);
    }
  }
  return weights;
}
