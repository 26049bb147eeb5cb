/**
 * The few kinds of attributes that this store keeps, from and to DynamoDB's notation. The store does
 * not leave that to a document client, whose settings are its owner's and change what is written.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

export type Plain = string | number | boolean | readonly string[] | ReadonlySet<number>;

/** Attributes by name; those that are `undefined` are left out. */
export type Fields = Record<string, Plain | undefined>;

export function marshal(fields: Fields): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) item[name] = toAttribute(value);
  }
  return item;
}

export function unmarshal(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toPlain(value)]));
}

function toAttribute(value: Plain): AttributeValue {
  switch (typeof value) {
    case "string":
      return { S: value };
    case "number":
      return { N: String(value) };
    case "boolean":
      return { BOOL: value };
    default:
      return isSet(value)
        ? { NS: [...value].map(String) }
        : { L: value.map((each) => ({ S: each })) };
  }
}

function toPlain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NS !== undefined) return new Set(value.NS.map(Number));
  if (value.L !== undefined) return value.L.map(toPlain);
  return undefined;
}

function isSet(value: readonly string[] | ReadonlySet<number>): value is ReadonlySet<number> {
  return value instanceof Set;
}
