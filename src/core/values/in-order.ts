/**
 * A copy of the value in which the keys of plain objects stand in order, so that what differs in
 * nothing else is written alike. What refers to itself does so in the copy; all but plain objects,
 * arrays, Maps and Sets is the value's own.
 */
export function inOrder(value: unknown): unknown {
  return copy(value, new Map());
}

function copy(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const empty = emptyLike(value);
  if (empty === undefined) return value;
  copies.set(value, empty);
  const part = (each: unknown): unknown => copy(each, copies);
  if (empty instanceof Map) {
    for (const [key, each] of value as Map<unknown, unknown>) empty.set(part(key), part(each));
  } else if (empty instanceof Set) {
    for (const each of value as Set<unknown>) empty.add(part(each));
  } else {
    // Also of an array, which may have holes.
    for (const key of Object.keys(value).sort()) {
      const made = { value: part(Reflect.get(value, key)), ...PLAIN };
      Object.defineProperty(empty, key, made);
    }
  }
  return empty;
}

const PLAIN = { enumerable: true, writable: true, configurable: true };

function emptyLike(value: object): object | undefined {
  if (Array.isArray(value)) return new Array(value.length);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return {};
  if (prototype === null) return Object.create(null);
  if (prototype === Map.prototype) return new Map();
  return prototype === Set.prototype ? new Set() : undefined;
}
