/**
 * Writes one value in the format of `devalue`: a list of items that refer to each other by index, the
 * value itself first. It is written here and not there because it is bounded while it is written.
 *
 * EN1. Nothing nests deeper than the bound. Whoever reads it calls itself for each level, and may have
 *      less stack than whoever wrote it.
 * EN2. Each thing is read once, so that what is judged is what is kept, whatever a getter or a Proxy
 *      says the next time.
 * EN3. What cannot be kept is refused, and `path` leads there. In an error it is left out instead: what
 *      was written of it is taken back.
 */
import { isError } from "../thrown.ts";
import { sizeOf } from "./bytes.ts";
import { objectItem, primitiveItem } from "./item.ts";
import { keepError } from "./keep-error.ts";
import { constantOf } from "./numbers.ts";
import { Unkeepable } from "./unkeepable.ts";
import type { Encoded, PathPart, Writer } from "./writer.ts";

/** About what an item takes besides its text, what a reference to it takes, and a record of an error. */
const ITEM_BYTES = 6;
const REFERENCE_BYTES = 6;
const RECORD_BYTES = 64;
/** A chain of errors within errors ends with the text of the next one. */
const MOST_ERRORS_WITHIN = 32;

export class Encoder implements Writer {
  readonly path: PathPart[] = [];
  room: number;
  readonly #deepest: number;
  readonly #items: unknown[] = [];
  readonly #indexes = new Map<unknown, number>();
  /** What stands at each index. */
  readonly #standing: unknown[] = [];
  /** How many levels each item has; 0 while it is being written. */
  readonly #heights: number[] = [];
  /** The deepest level so far in the item at hand. */
  #reached = 0;
  #errorsAround = 0;

  /** @param room how many bytes may be written, about. */
  constructor(deepest: number, room = Number.POSITIVE_INFINITY) {
    this.#deepest = deepest;
    this.room = room;
  }

  /** @throws Unkeepable */
  encode(value: unknown): Encoded {
    const index = this.add(value, 1);
    return index < 0 ? index : this.#items;
  }

  add(value: unknown, level: number): number {
    this.room -= REFERENCE_BYTES;
    this.#requireRoom();
    const index = constantOf(value) ?? this.#known(value, level);
    if (index !== undefined) return index;
    if (isError(value)) return this.addError(value, level);
    // The same as `open` with fewer calls on the stack, since it calls itself for each level.
    const begun = this.#begin(value);
    const before = this.#reached;
    this.#reached = level - 1;
    const isObject = typeof value === "object" && value !== null;
    const item = isObject ? objectItem(value, level, this) : primitiveItem(value, this);
    this.#end(begun, level, item);
    this.#reached = Math.max(before, this.#reached);
    return begun;
  }

  addError(error: Error, level: number): number {
    return this.#known(error, level) ?? this.open(error, level, () => this.#error(error, level));
  }

  addText(text: string): number {
    return this.#known(text, 1) ?? this.open(text, 1, () => this.#charge(text));
  }

  open(value: unknown, level: number, item: () => unknown): number {
    const index = this.#begin(value);
    const before = this.#reached;
    this.#reached = level - 1;
    this.#end(index, level, item());
    this.#reached = Math.max(before, this.#reached);
    return index;
  }

  spend(text: string): string {
    this.#charge(text);
    this.#requireRoom();
    return text;
  }

  reach(level: number): void {
    if (level > this.#deepest) {
      throw new Unkeepable(`it is nested too deeply: at most ${this.#deepest} levels can be kept`);
    }
    this.#reached = Math.max(this.#reached, level);
  }

  attempt<T>(write: () => T): T | undefined {
    const { room } = this;
    const [items, steps, reached] = [this.#items.length, this.path.length, this.#reached];
    const errorsAround = this.#errorsAround;
    try {
      return write();
    } catch {
      for (const value of this.#standing.splice(items)) this.#indexes.delete(value);
      this.#items.length = items;
      this.#heights.length = items;
      this.path.length = steps;
      this.#reached = reached;
      this.#errorsAround = errorsAround;
      this.room = room;
      return undefined;
    }
  }

  #begin(value: unknown): number {
    const index = this.#items.push(null) - 1;
    this.#indexes.set(value, index);
    this.#standing.push(value);
    this.#heights.push(0);
    this.room -= ITEM_BYTES;
    return index;
  }

  #end(index: number, level: number, item: unknown): void {
    this.#items[index] = item;
    this.#heights[index] = this.#reached - level + 1;
  }

  #known(value: unknown, level: number): number | undefined {
    const index = this.#indexes.get(value);
    if (index !== undefined) this.reach(level - 1 + (this.#heights[index] ?? 0));
    return index;
  }

  /** An error refers to a record of what it is made of, which is a level of its own. */
  #error(error: Error, level: number): unknown {
    if (this.#errorsAround >= MOST_ERRORS_WITHIN) throw new Unkeepable("it has too many causes");
    this.reach(level + 1);
    this.room -= RECORD_BYTES;
    this.#errorsAround += 1;
    const kept = {};
    const index = this.open(kept, level + 1, () =>
      keepError(error, kept, { level: level + 2, to: this }),
    );
    this.#errorsAround -= 1;
    return ["Error", index];
  }

  #charge(text: string): string {
    // A character takes at least a byte, so a text with more characters than bytes are left is not
    // measured.
    if (this.room !== Number.POSITIVE_INFINITY) {
      this.room -= text.length > this.room ? text.length : sizeOf(text);
    }
    return text;
  }

  #requireRoom(): void {
    if (this.room < 0) throw new Unkeepable("there is too much of it");
  }
}
