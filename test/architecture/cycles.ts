import type { Module } from "./modules.ts";

/** One sentence for each import cycle. Imports of types count: what needs only the shape of a thing still cannot be read without it. */
export function findCycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const trail: string[] = [];
  const cycles: string[] = [];

  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push(`import cycle: ${[...trail.slice(start), path].join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (byPath.has(target)) visit(target);
    }
    trail.pop();
    done.add(path);
  };
  for (const module of modules) visit(module.path);
  return cycles;
}
