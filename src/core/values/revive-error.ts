/** Makes errors of what `keepError` wrote. */
import { takeKind } from "./error-kinds.ts";
import { Malformed } from "./malformed.ts";

/** What an error was made of, as `devalue` hands it over. */
interface Revived {
  name: string;
  message: string;
  stack?: string;
  kind?: string;
  fields?: Record<string, unknown>;
  cause?: unknown;
  errors?: unknown[];
}

/**
 * Revives into one object per kept error: inside a cycle `devalue` hands over the same record twice,
 * first half-filled and at last complete. More often, or with the fields of another error, was not
 * written by `keepError`.
 */
export function errorReviver(): (kept: unknown) => Error {
  const revived = new Map<unknown, { error: Error; times: number }>();
  const fieldsOf = new Map<object, unknown>();
  return (kept) => {
    const record = checked(kept);
    const known = revived.get(kept) ?? { error: emptyFor(record), times: 0 };
    revived.set(kept, known);
    known.times += 1;
    const { fields } = record;
    if (fields && (fieldsOf.get(fields) ?? kept) !== kept) throw malformed();
    if (fields) fieldsOf.set(fields, kept);
    if (known.times > 2) throw malformed();
    return fill(known.error, record);
  };
}

/** Half-filled as it may be, what is there has to be of its type. */
function checked(kept: unknown): Revived {
  if (!isPlain(kept)) throw malformed();
  const { name, message, stack, kind, fields, errors } = kept;
  if (typeof name !== "string" || typeof message !== "string") throw malformed();
  for (const text of [stack, kind]) {
    if (text !== undefined && typeof text !== "string") throw malformed();
  }
  if (fields !== undefined && !isPlain(fields)) throw malformed();
  if (errors !== undefined && !Array.isArray(errors)) throw malformed();
  return kept as unknown as Revived;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function malformed(): Malformed {
  return new Malformed("an error in it is not as errors are written");
}

function emptyFor({ errors }: Revived): Error {
  return errors ? new AggregateError([]) : new Error();
}

function fill(error: Error, kept: Revived): Error {
  if (kept.kind !== undefined) takeKind(error, kept.kind);
  // The stack of the revived object is removed: it says where the error was revived, which differs
  // each time.
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

const HIDDEN = { enumerable: false, writable: true, configurable: true };
const VISIBLE = { enumerable: true, writable: true, configurable: true };
