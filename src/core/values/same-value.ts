/**
 * Whether two values that can be kept are the same but for the order of fields and the stacks of
 * errors. What is referred to from many places is compared once, so it takes no longer than the values
 * are large: a value each of whose levels refers twice to the next has few parts and very many paths.
 */
import { isError } from "../thrown.ts";
import { encode } from "../value.ts";

export function isSameValue(one: unknown, other: unknown): boolean {
  const groups = new Groups();
  const pairs: [unknown, unknown][] = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (!isObject(a) || !isObject(b)) {
      if (!Object.is(a, b)) return false;
    } else if (!groups.join(a, b)) {
      const [mine, theirs] = [partsOf(a), partsOf(b)];
      if (mine.kind !== theirs.kind || mine.parts.size !== theirs.parts.size) return false;
      for (const [name, part] of mine.parts) {
        if (!theirs.parts.has(name)) return false;
        pairs.push([part, theirs.parts.get(name)]);
      }
    }
  }
  return true;
}

/** Objects that are taken for the same, until one of them is found to differ. */
class Groups {
  readonly #leaders = new Map<object, object>();

  /** @returns whether they were taken for the same before. */
  join(one: object, other: object): boolean {
    const [a, b] = [this.#leaderOf(one), this.#leaderOf(other)];
    if (a === b) return true;
    this.#leaders.set(a, b);
    return false;
  }

  #leaderOf(member: object): object {
    let leader = member;
    for (let next = this.#leaders.get(leader); next; next = this.#leaders.get(leader)) {
      leader = next;
    }
    // The next search is shorter.
    if (leader !== member) this.#leaders.set(member, leader);
    return leader;
  }
}

interface Parts {
  /** Whatever of it is no value of its own. */
  kind: string;
  parts: Map<string, unknown>;
}

function partsOf(value: object): Parts {
  if (isError(value)) return partsOfError(value);
  if (Array.isArray(value)) return { kind: `Array ${value.length}`, parts: fieldsOf(value) };
  if (value instanceof Map) return { kind: "Map", parts: partsOfMap(value) };
  if (value instanceof Set) return { kind: "Set", parts: partsOfSet(value) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return { kind: "null", parts: fieldsOf(value) };
  if (prototype === Object.prototype) return { kind: "Object", parts: fieldsOf(value) };
  return { kind: JSON.stringify(encode(value, "A value")), parts: new Map() };
}

function fieldsOf(value: object): Map<string, unknown> {
  return new Map(Object.entries(value));
}

function partsOfError(error: Error): Parts {
  const { name, message } = error;
  const parts = fieldsOf(error);
  for (const field of ["cause", "errors"]) {
    if (Object.hasOwn(error, field)) parts.set(field, Reflect.get(error, field));
  }
  parts.delete("stack");
  return { kind: JSON.stringify(["Error", name, message]), parts };
}

/** Keys that are no objects find their like wherever it stands; the others go by their order. */
function partsOfMap(map: Map<unknown, unknown>): Map<string, unknown> {
  const parts = new Map<string, unknown>();
  let objects = 0;
  for (const [key, value] of map) {
    if (isObject(key)) parts.set(`key ${objects}`, key);
    parts.set(isObject(key) ? `value ${objects++}` : nameOf(key), value);
  }
  return parts;
}

function partsOfSet(set: Set<unknown>): Map<string, unknown> {
  return partsOfMap(new Map([...set].map((element) => [element, undefined])));
}

function nameOf(key: unknown): string {
  return `${typeof key} ${String(key)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
