const MAKE: Record<string, (inner: unknown) => unknown> = {
  arrays: (inner) => [inner],
  objects: (a) => ({ a }),
  "objects without a prototype": (a) => Object.assign(Object.create(null), { a }),
  maps: (inner) => new Map([["a", inner]]),
  "keys of maps": (inner) => new Map([[inner, "a"]]),
  sets: (inner) => new Set([inner]),
  "sparse arrays": (inner) => Object.assign([], { 10000: inner }),
};

export const NESTINGS: Readonly<typeof MAKE> = MAKE;

/** So many containers, one in the other. */
export function nested(kind: string, levels: number, innermost: unknown = 1): unknown {
  let value = innermost;
  for (let level = 0; level < levels; level++) value = MAKE[kind]?.(value);
  return value;
}
