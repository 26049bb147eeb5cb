/**
 * Whether a value nests deeper than so many levels, along the shortest way to each of its parts. It does
 * not call itself, so that it can be asked of anything before code sees it that does.
 */
export function nestsDeeper(value: unknown, levels: number): boolean {
  const seen = new Set<object>();
  let parts: readonly unknown[] = [value];
  for (let level = 0; level <= levels; level += 1) {
    const containers = new Set(parts.filter(isContainer).filter((each) => !seen.has(each)));
    if (containers.size === 0) return false;
    for (const container of containers) seen.add(container);
    parts = [...containers].flatMap(partsOf);
  }
  return true;
}

function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  try {
    if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype;
  } catch {
    return false; // A Proxy that refuses to be looked at.
  }
}

function partsOf(container: object): unknown[] {
  try {
    if (container instanceof Map) return [...container].flat();
    return container instanceof Set ? [...container] : Object.values(container);
  } catch {
    return []; // A getter that throws.
  }
}
