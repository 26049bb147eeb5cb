/** Errors as `devalue` keeps them: name, message, stack, cause, own fields, and of which kind. */
import { ERROR_KINDS, kindOf } from "./errors.ts";

interface KeptError {
  name: string;
  message: string;
  stack?: string;
  /** Of this package's classes or the language's own, the one that it is an instance of. */
  kind?: string;
  fields?: Record<string, unknown>;
  cause?: unknown;
  errors?: unknown[];
}

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

/** Keys of an error that are kept beside its fields. */
const OWN_PLACE = new Set(["name", "message", "stack", "cause", "__proto__"]);
const STACK_LIMIT = 8 * 1024;
const MESSAGE_LIMIT = 16 * 1024;
/** What lies deeper in a chain of causes is kept as text. */
const DEEPEST_CAUSE = 32;

/** @param isKeepable tells which values inside an error can be kept; the others are left out. */
export function errorReducer(
  isKeepable: (value: unknown) => boolean,
): (value: unknown) => KeptError | undefined {
  const kept = new Map<Error, { error: KeptError; depth: number }>();
  const reduce = (value: unknown, depth: number): KeptError => {
    const error: KeptError = { name: nameOf(value), message: messageOf(value) };
    if (!isError(value)) return error;
    kept.set(value, { error, depth });
    if (typeof value.stack === "string") error.stack = value.stack.slice(0, STACK_LIMIT);
    const kind = kindOf(value) ?? nativeKindOf(value);
    if (kind !== undefined) error.kind = kind;
    const inner = (each: unknown): unknown => {
      if (!isError(each)) return isKeepable(each) ? each : textOf(each);
      if (kept.has(each)) return each;
      if (depth >= DEEPEST_CAUSE) return textOf(each);
      reduce(each, depth + 1);
      return each;
    };
    const aggregated = value instanceof AggregateError ? read(value, "errors") : undefined;
    for (const key of Object.keys(value)) {
      if (OWN_PLACE.has(key) || (key === "errors" && aggregated !== undefined)) continue;
      const field = readOr(UNREADABLE, value, key);
      if (!isError(field) && !isKeepable(field)) continue;
      error.fields ??= {};
      error.fields[key] = isError(field) ? inner(field) : field;
    }
    const cause = read(value, "cause");
    if (cause !== undefined) error.cause = inner(cause);
    if (Array.isArray(aggregated)) error.errors = aggregated.map(inner);
    return error;
  };
  return (value) => {
    if (!isError(value)) return undefined;
    return kept.get(value)?.error ?? reduce(value, 0);
  };
}

/**
 * Revives into one object per kept error: inside a cycle `devalue` hands over the same payload
 * twice, first half-filled and at last complete. More often, or with the fields of another error,
 * was not made by the reducer.
 */
export function errorReviver(): (kept: KeptError) => Error {
  const revived = new Map<KeptError, { error: Error; times: number }>();
  const fieldsOf = new Map<object, KeptError>();
  return (kept) => {
    const known = revived.get(kept) ?? { error: emptyFor(kept), times: 0 };
    revived.set(kept, known);
    known.times += 1;
    const { fields } = kept;
    if (fields && (fieldsOf.get(fields) ?? kept) !== kept) throw new Error("Invalid error fields");
    if (fields) fieldsOf.set(fields, kept);
    if (known.times > 2) throw new Error("Invalid repeated error");
    return fill(known.error, kept);
  };
}

function emptyFor({ errors }: KeptError): Error {
  return errors ? new AggregateError([]) : new Error();
}

function fill(error: Error, kept: KeptError): Error {
  if (kept.kind !== undefined) takeKind(error, kept.kind);
  // Its own stack tells only where it was revived, which differs each time.
  if (!("stack" in kept)) Reflect.deleteProperty(error, "stack");
  for (const [key, value] of Object.entries(kept.fields ?? {})) {
    Object.defineProperty(error, key, { value, ...VISIBLE });
  }
  if (error.name !== kept.name) {
    Object.defineProperty(error, "name", { value: kept.name, ...HIDDEN });
  }
  for (const key of ["message", "stack", "cause", "errors"] as const) {
    if (key in kept) Object.defineProperty(error, key, { value: kept[key], ...HIDDEN });
  }
  return error;
}

function takeKind(error: Error, kind: string): void {
  const prototype = Object.hasOwn(KINDS, kind) ? KINDS[kind]?.prototype : undefined;
  if (prototype) Object.setPrototypeOf(error, prototype);
}

const HIDDEN = { enumerable: false, writable: true, configurable: true };
const VISIBLE = { enumerable: true, writable: true, configurable: true };

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function nativeKindOf(error: Error): string | undefined {
  return Object.entries(NATIVE_KINDS).find(([, kind]) => error instanceof kind)?.[0];
}

/** A field of an error, or nothing where reading it throws. */
function read(error: object, key: string): unknown {
  return readOr(undefined, error, key);
}

function readOr(otherwise: unknown, error: object, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch {
    return otherwise;
  }
}

/** Cannot be kept, like every symbol. */
const UNREADABLE = Symbol("unreadable");

function nameOf(value: unknown): string {
  const name = typeof value === "object" && value !== null ? read(value, "name") : undefined;
  return typeof name === "string" ? name : "Error";
}

function messageOf(value: unknown): string {
  const message = typeof value === "object" && value !== null ? read(value, "message") : undefined;
  return typeof message === "string" ? message.slice(0, MESSAGE_LIMIT) : "";
}

function textOf(value: unknown): string {
  try {
    return String(value).slice(0, MESSAGE_LIMIT);
  } catch {
    return "(a value without a text)";
  }
}

/** An error of which only name and message are left, and of which kind it is. */
export function bareError(error: Error): Error {
  const bare = new Error(messageOf(error));
  bare.name = nameOf(error);
  delete bare.stack;
  const kind = kindOf(error) ?? nativeKindOf(error);
  if (kind !== undefined) takeKind(bare, kind);
  const code = read(error, "code");
  return typeof code === "string" ? Object.assign(bare, { code }) : bare;
}
