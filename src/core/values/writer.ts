/** An encoded value: plain JSON, opaque to everyone but this folder. */
export type Encoded = number | readonly unknown[];

/** A step on the way to a part of a value: a field, an index, or the key of a Map. */
export type PathPart = PropertyKey | { readonly key: unknown };

/**
 * Where the items of an encoding are written to. A level is a container: what stands in none has
 * level 1 if it is one itself.
 */
export interface Writer {
  /** Where the writing is; after a refusal, what was refused. */
  readonly path: PathPart[];
  /** How many bytes may still be written. */
  room: number;
  /** @returns the index of the item, or what stands for the value without one. @throws Unkeepable */
  add(value: unknown, level: number): number;
  /** As `add`, also where there is no room any more: the least of an error is always kept. */
  addError(error: Error, level: number): number;
  /** As `addError`, for a text that was cut. */
  addText(text: string): number;
  /** Writes an item of the caller's making, and what it refers to after it. */
  open(value: unknown, level: number, item: () => unknown): number;
  /** What it takes to write the text. @throws Unkeepable */
  spend(text: string): string;
  /** Says that a container stands at this level. @throws Unkeepable where that is too deep. */
  reach(level: number): void;
  /** @returns nothing if it throws; then nothing of it was written. */
  attempt<T>(write: () => T): T | undefined;
}
