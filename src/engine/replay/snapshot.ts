const DEEPEST = 10;
const MOST_PARTS = 10_000;

/**
 * Fields of a log line as they are at the moment. Plain objects and arrays are copied, as deep and as
 * much as a line can show; anything else is what it was.
 */
export function snapshot<Fields extends Record<string, unknown>>(fields: Fields): Fields {
  try {
    return new Copying().copy(fields, 0) as Fields;
  } catch {
    // A getter that throws is the logger's to show.
    return fields;
  }
}

class Copying {
  readonly #copies = new Map<object, unknown>();

  copy(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (depth >= DEEPEST || this.#copies.size >= MOST_PARTS || !isPlain(value)) return value;
    const copied: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
    this.#copies.set(value, copied);
    for (const [name, part] of Object.entries(value)) {
      const descriptor = { value: this.copy(part, depth + 1), enumerable: true };
      Object.defineProperty(copied, name, { ...descriptor, writable: true, configurable: true });
    }
    return copied;
  }
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
