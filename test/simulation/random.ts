/** Chance from a seed: the same seed, the same draws. */
export class Random {
  readonly #label: string;
  #state: number;

  constructor(label: string | number) {
    this.#label = String(label);
    this.#state = hash(this.#label);
  }

  /** From 0, included, to 1, excluded (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }

  /** Draws of its own, so that drawing here changes nothing elsewhere. */
  fork(name: string): Random {
    return new Random(`${this.#label}/${name}`);
  }
}

/** A 32-bit hash of a text (FNV-1a, mixed). */
export function hash(text: string): number {
  let hashed = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hashed = Math.imul(hashed ^ text.charCodeAt(index), 0x01000193);
  }
  hashed = Math.imul(hashed ^ (hashed >>> 16), 0x85ebca6b);
  return hashed ^ (hashed >>> 13);
}
