import { findCycles } from "./cycles.ts";
import { findWrongDirections } from "./directions.ts";
import { readModules } from "./modules.ts";

export interface Dependencies {
  /** How many modules were read. None is never right: the check would pass on anything. */
  readonly modules: number;
  readonly violations: readonly string[];
}

/** Checks the imports of the code that ships: `src` and `functions`. */
export function checkDependencies(root: string): Dependencies {
  const modules = readModules(root, ["src", "functions"]);
  const examples = readModules(root, ["examples"]);
  const violations = [...findWrongDirections(modules, examples), ...findCycles(modules)];
  if (modules.length === 0) violations.push(`no modules found below ${root}`);
  return { modules: modules.length, violations };
}
