import { fieldOf } from "./thrown.ts";

/** More errors than this are not looked through: whoever throws them must not hold up a turn. */
const MOST = 200_000;

/** An error, its causes and its aggregated errors, and theirs, each once. */
export function errorsIn(error: unknown): unknown[] {
  return found(error, (each) => [fieldOf(each, "cause"), ...itemsOf(fieldOf(each, "errors"))]);
}

/** An error, its cause, the cause of that, and so on. */
export function causesOf(error: unknown): unknown[] {
  return found(error, (each) => [fieldOf(each, "cause")]);
}

function found(error: unknown, within: (each: unknown) => unknown[]): unknown[] {
  const seen = new Set([error]);
  // A set hands out what is added to it meanwhile, and each once.
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
