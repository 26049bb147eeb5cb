/** The classes that an error is known by when it comes back. */
import { ERROR_KINDS } from "../errors.ts";
import { textIn } from "../thrown.ts";

/** The language's own subclasses; AggregateError is told by its `errors`. */
const NATIVE_KINDS = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
} as const;
const KINDS: Readonly<Record<string, { prototype: object }>> = { ...NATIVE_KINDS, ...ERROR_KINDS };

/** The name of the language's own class that it is an instance of, in whatever realm. */
export function nativeKindOf(error: Error): string | undefined {
  try {
    for (let at = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
      const name = Object.hasOwn(at, "message") ? textIn(at, "name") : undefined;
      if (name !== undefined && Object.hasOwn(NATIVE_KINDS, name)) return name;
    }
  } catch {
    // A Proxy that refuses to be looked at.
  }
  return undefined;
}

/** Makes it an instance of that class. One that this version does not know is an Error. */
export function takeKind(error: Error, kind: string): void {
  const prototype = Object.hasOwn(KINDS, kind) ? KINDS[kind]?.prototype : undefined;
  if (prototype) Object.setPrototypeOf(error, prototype);
}
