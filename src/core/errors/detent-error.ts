import { textIn } from "../thrown.ts";

/**
 * The base of the error family. Errors are recognised by a brand on their prototype, so `instanceof`
 * also works for an error that another copy of this package made.
 */
const BRAND: unique symbol = Symbol.for("detent.error") as never;

export interface ErrorOptions {
  cause?: unknown;
}

/** Base of every error this package throws. */
export class DetentError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static override [Symbol.hasInstance](this: { prototype: object }, value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    if (Object.hasOwn(this.prototype, BRAND)) {
      const kind = Reflect.get(this.prototype, BRAND);
      return kind === "DetentError" ? kindOf(value) !== undefined : kindOf(value) === kind;
    }
    try {
      return Object.prototype.isPrototypeOf.call(this.prototype, value);
    } catch {
      return false; // A Proxy that refuses to be looked at.
    }
  }
}

/** The kind an error was branded with (`"FatalError"`), or `undefined` for any other value. */
export function kindOf(value: unknown): string | undefined {
  return textIn(value, BRAND);
}

/** Makes instances of these classes known by their names, in every copy of this package. */
export function brand(kinds: Readonly<Record<string, { prototype: object }>>): void {
  for (const [kind, { prototype }] of Object.entries(kinds)) {
    Object.defineProperty(prototype, BRAND, { value: kind });
    Object.defineProperty(prototype, "name", { value: kind, writable: true, configurable: true });
  }
}
