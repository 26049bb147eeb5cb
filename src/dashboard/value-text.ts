/** Any value as text, much like the code that would make it. */

const MOST_ITEMS = 1000;
const MOST_CHARACTERS = 200_000;
const DEEPEST = 40;

/** Never fails, whatever the value, and is of bounded length. */
export function valueText(value: unknown): string {
  const text = show(value, { indent: "", path: [], left: MOST_ITEMS * 10 });
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}\n… (cut)` : text;
}

interface View {
  indent: string;
  /** The containers around the value. */
  path: readonly object[];
  /** How many more values may be shown in all. */
  left: number;
}

function show(value: unknown, view: View): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : showObject(value, view);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function showObject(value: object, view: View): string {
  if (value instanceof Date) return `Date ${dateText(value)}`;
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (view.path.includes(value)) return "[circular]";
  if (view.path.length >= DEEPEST) return "[too deep]";
  if (value instanceof Error) return showError(value, view);
  if (value instanceof Map) {
    const items = [...value].map(
      ([key, item]) =>
        (inner: View) =>
          `${show(key, inner)} => ${show(item, inner)}`,
    );
    return showItems(`Map(${value.size}) {`, items, "}", value, view);
  }
  if (value instanceof Set) {
    return showItems(`Set(${value.size}) {`, showers([...value]), "}", value, view);
  }
  if (value instanceof ArrayBuffer) return showBytes("ArrayBuffer", new Uint8Array(value));
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    const isNumbers = "length" in value && !(value instanceof DataView);
    const numbers = isNumbers
      ? (value as unknown as ArrayLike<number | bigint>)
      : new Uint8Array(buffer, byteOffset, byteLength);
    return showBytes(value.constructor.name, numbers);
  }
  if (Array.isArray(value)) return showItems("[", showers(value), "]", value, view);
  return showItems("{", fields(Object.entries(value)), "}", value, view);
}

type Shower = (view: View) => string;

function showers(items: readonly unknown[]): Shower[] {
  return Array.from(items.slice(0, MOST_ITEMS + 1), (item) => (view) => show(item, view));
}

const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

function fields(entries: readonly [string, unknown][]): Shower[] {
  return entries.map(
    ([name, field]) =>
      (view) =>
        `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}: ${show(field, view)}`,
  );
}

function showItems(
  open: string,
  items: readonly Shower[],
  shut: string,
  value: object,
  view: View,
): string {
  if (items.length === 0) return open + shut;
  const indent = `${view.indent}  `;
  const inner: View = { indent, path: [...view.path, value], left: view.left };
  const lines: string[] = [];
  for (const item of items.slice(0, MOST_ITEMS)) {
    if (inner.left-- <= 0) break;
    lines.push(indent + item(inner));
  }
  view.left = inner.left;
  const more = items.length > lines.length ? `\n${indent}… and more` : "";
  return `${open}\n${lines.join(",\n")}${more}\n${view.indent}${shut}`;
}

function showError(error: Error, view: View): string {
  const { name, message, stack, cause } = error;
  const own = Object.entries(error).filter(([key]) => key !== "cause");
  const errors = error instanceof AggregateError ? error.errors : undefined;
  const more = Object.entries({ ...Object.fromEntries(own), cause, errors }).filter(
    ([, field]) => field !== undefined,
  );
  const title = stack?.includes(message) ? stack : `${name}: ${message}`;
  const indented = title.replaceAll("\n", `\n${view.indent}`);
  return more.length === 0 ? indented : showItems(`${indented} {`, fields(more), "}", error, view);
}

function showBytes(name: string, numbers: ArrayLike<number | bigint>): string {
  const shown = Array.from({ length: Math.min(numbers.length, 100) }, (_, index) => numbers[index]);
  const more = numbers.length > shown.length ? ", …" : "";
  return `${name}(${numbers.length}) [${shown.join(", ")}${more}]`;
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "(invalid)" : date.toISOString();
}
