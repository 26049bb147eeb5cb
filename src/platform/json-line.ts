/**
 * One line of JSON for anything at all.
 *
 * J1. It never throws and is never longer than `LONGEST_LINE` characters: what is too long, too deep
 *     or too much is cut, and shows that it was. What comes first is kept first.
 * J2. What JSON lacks is shown: dates as ISO text, BigInt as text, errors by name, code, message and
 *     stack, maps and sets as lists, binary data by its size. A cycle is named where it closes.
 */
import { isError } from "../core/thrown.ts";
import { loggedError } from "./logged-error.ts";

const LONGEST_LINE = 32_000;
const LONGEST_TEXT = 8_000;
const DEEPEST = 8;
const WIDEST = 200;

/** How much is kept at the first try, and at the next ones: escaping makes text longer. */
const BUDGETS = [LONGEST_LINE, LONGEST_LINE / 4, LONGEST_LINE / 16];

export function jsonLine(fields: Readonly<Record<string, unknown>>): string {
  for (const budget of BUDGETS) {
    const line = JSON.stringify(new Cut(budget).plain(fields));
    if (line.length <= LONGEST_LINE) return line;
  }
  return JSON.stringify({ message: "A line of the log was too long." });
}

/** Makes plain data of anything, as much as a budget allows. */
class Cut {
  #left: number;
  /** What the value is part of. */
  readonly #around = new Set<object>();

  constructor(budget: number) {
    this.#left = budget;
  }

  plain(value: unknown): unknown {
    this.#left -= 8;
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "bigint":
        return this.#text(String(value));
      case "symbol":
      case "function":
        return `[${typeof value}]`;
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  #text(text: string): string {
    const room = Math.max(0, Math.min(this.#left, LONGEST_TEXT));
    this.#left -= text.length;
    return text.length <= room ? text : `${text.slice(0, room)}… (${text.length} characters)`;
  }

  #object(value: object): unknown {
    if (this.#around.has(value)) return "[cyclic]";
    if (this.#around.size >= DEEPEST) return "[…]";
    this.#around.add(value);
    try {
      return this.#shown(value);
    } catch {
      return "[unreadable]"; // Such as a proxy that refuses to be looked at.
    } finally {
      this.#around.delete(value);
    }
  }

  #shown(value: object): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (isError(value)) return this.#fields(loggedError(value));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return `[${value.constructor.name} of ${value.byteLength} bytes]`;
    }
    if (Array.isArray(value)) return this.#list(value, value.length);
    if (value instanceof Map || value instanceof Set) return this.#list(value, value.size);
    if ("toJSON" in value && typeof value.toJSON === "function") return this.plain(value.toJSON());
    return this.#fields(value);
  }

  #list(items: Iterable<unknown>, length: number): unknown[] {
    const shown: unknown[] = [];
    for (const item of items) {
      if (shown.length >= WIDEST || this.#left <= 0) {
        shown.push(`… ${length - shown.length} more`);
        break;
      }
      shown.push(this.plain(item) ?? null);
    }
    return shown;
  }

  #fields(value: object): object {
    // Without a prototype, so that any name can be a field.
    const shown: Record<string, unknown> = Object.create(null);
    const names = Object.keys(value);
    for (const [index, name] of names.entries()) {
      if (index >= WIDEST || this.#left <= 0) {
        shown["…"] = `${names.length - index} more`;
        break;
      }
      shown[this.#text(name)] = this.#field(value, name);
    }
    return shown;
  }

  #field(value: object, name: string): unknown {
    let field: unknown;
    try {
      field = Reflect.get(value, name);
    } catch {
      return "[unreadable]"; // A getter that throws.
    }
    return this.plain(field);
  }
}
