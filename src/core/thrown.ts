/**
 * What code may throw: anything, of any realm, also what cannot even be looked at (a revoked Proxy, a
 * getter that throws). Nothing here throws.
 */

/**
 * Whether it is an Error: of this realm, or of another, as in a Jest test or in `node:vm`, where
 * `instanceof` knows none of the errors that Node itself throws.
 */
export function isError(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  try {
    return (
      value instanceof Error ||
      Object.prototype.toString.call(value) === "[object Error]" ||
      descendsFromError(value)
    );
  } catch {
    return false;
  }
}

/** By the looks of its prototypes: a `DOMException` of another realm has no other mark. */
function descendsFromError(value: object): boolean {
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null) {
    const isBase = Object.hasOwn(prototype, "message") && prototype.constructor?.name === "Error";
    if (isBase) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

/** A field of something thrown, or nothing where reading it throws. */
export function fieldOf(thrown: unknown, name: PropertyKey): unknown {
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) {
    return undefined;
  }
  try {
    return Reflect.get(thrown, name);
  } catch {
    return undefined;
  }
}

/** A field that is a text, or nothing. */
export function textIn(thrown: unknown, name: PropertyKey): string | undefined {
  const text = fieldOf(thrown, name);
  return typeof text === "string" ? text : undefined;
}

/** Anything as text. */
export function textOf(value: unknown): string {
  for (const show of [String, (it: unknown) => Object.prototype.toString.call(it)]) {
    try {
      return show(value);
    } catch {
      // Such as an object without a prototype, or a revoked Proxy.
    }
  }
  return "(a value without a text)";
}

/** What an error says, and anything else as text. */
export function messageOf(thrown: unknown): string {
  return isError(thrown) ? (textIn(thrown, "message") ?? "") : textOf(thrown);
}
