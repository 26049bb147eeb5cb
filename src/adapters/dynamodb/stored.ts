/** Reads items back, so that a foreign or damaged one is a clear error. */
import type { Item } from "./attributes.ts";

/** An item as errors name it, so that it can be looked up and restored. */
export function nameOf(item: Item): string {
  return `Item ${item["pk"]?.S} ${item["sk"]?.S}`;
}

/**
 * The value that an attribute of JSON text stands for. Text that is no JSON stays text, and fits no
 * shape.
 */
export function fromJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
