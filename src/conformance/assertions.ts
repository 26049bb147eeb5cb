/** What `node:assert` lacks on Node 20. */
import { deepEqual, equal, ok } from "node:assert/strict";

/** Each field that is expected is there, and has what is expected of it. */
export function matches(actual: unknown, expected: unknown): void {
  if (Array.isArray(expected)) {
    ok(Array.isArray(actual), "not an array");
    equal(actual.length, expected.length);
    for (const [index, each] of expected.entries()) matches(actual[index], each);
  } else if (typeof expected === "object" && expected !== null) {
    ok(typeof actual === "object" && actual !== null, "not an object");
    for (const [field, each] of Object.entries(expected)) matches(Reflect.get(actual, field), each);
  } else {
    deepEqual(actual, expected);
  }
}

export function lacks(actual: unknown, field: string): void {
  ok(typeof actual === "object" && actual !== null, "not an object");
  ok(!Object.hasOwn(actual, field), `it has \`${field}\``);
}
