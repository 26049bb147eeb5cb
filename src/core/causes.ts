import { fieldOf } from "./thrown.ts";

/** A search ends after so many errors, so that none that user code throws holds up a turn. */
const MOST = 200_000;

/**
 * An error, its causes and its aggregated errors, and theirs, each once.
 * @param isClosed whether what is inside of an error is not looked at.
 */
export function errorsIn(
  error: unknown,
  isClosed: (each: unknown) => boolean = () => false,
): unknown[] {
  return found(error, (each) =>
    isClosed(each) ? [] : [fieldOf(each, "cause"), ...itemsOf(fieldOf(each, "errors"))],
  );
}

/** An error, its cause, the cause of that, and so on. */
export function causesOf(error: unknown): unknown[] {
  return found(error, (each) => [fieldOf(each, "cause")]);
}

function found(error: unknown, within: (each: unknown) => unknown[]): unknown[] {
  const seen = new Set([error]);
  // The loop also visits what it adds to the set, and each error once.
  for (const each of seen) {
    if (seen.size > MOST) break;
    for (const inner of within(each)) seen.add(inner);
  }
  return [...seen];
}

function itemsOf(list: unknown): unknown[] {
  try {
    return Array.isArray(list) ? list.slice(0, MOST) : [];
  } catch {
    return []; // A Proxy that refuses to be looked at.
  }
}
