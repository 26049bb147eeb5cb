/**
 * Whether two values are the same in everything that code can tell of them: prototypes, own keys, hidden
 * ones and symbols too, and what they hold; except which of them are one object, and whether they are
 * frozen. A getter counts as what it gives. Of errors, only what they say is looked at.
 */
export function isSame(a: unknown, b: unknown, seen = new Map<unknown, unknown>()): boolean {
  if (typeof a !== "object" || a === null) return Object.is(a, b);
  if (typeof b !== "object" || b === null) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  const same = (x: unknown, y: unknown): boolean => isSame(x, y, seen);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Error && b instanceof Error) {
    return a.name === b.name && a.message === b.message;
  }
  return haveSameFields(a, b, same) && holdTheSame(a, b, same);
}

type Same = (x: unknown, y: unknown) => boolean;

function haveSameFields(a: object, b: object, same: Same): boolean {
  const keys = Reflect.ownKeys(a);
  if (keys.map(String).join("\n") !== Reflect.ownKeys(b).map(String).join("\n")) return false;
  return keys.every((key) => {
    const isShown = (it: object): boolean => Object.prototype.propertyIsEnumerable.call(it, key);
    return isShown(a) === isShown(b) && same(Reflect.get(a, key), Reflect.get(b, key));
  });
}

function holdTheSame(a: object, b: object, same: Same): boolean {
  const held = (it: object): unknown => {
    if (it instanceof Map) return [...it].flat();
    if (it instanceof Set) return [...it];
    if (it instanceof Date) return it.getTime();
    if (it instanceof RegExp) return String(it);
    if (it instanceof URL || it instanceof URLSearchParams) return String(it);
    if (it instanceof ArrayBuffer) return [...new Uint8Array(it)];
    if (it instanceof DataView) {
      return [...new Uint8Array(it.buffer, it.byteOffset, it.byteLength)];
    }
    const isBoxed = [Number, String, Boolean, BigInt].some((type) => it instanceof type);
    return isBoxed ? it.valueOf() : undefined;
  };
  return same(held(a), held(b));
}
