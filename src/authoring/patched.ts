import { ConfigurationError } from "../core/errors.ts";
import { isLabel, RULES } from "../core/option-rules.ts";
import { currentScope } from "./scope.ts";

/**
 * Whether the run began with a patch that its workflow names: `true` at every replay if it did, and
 * `false` at every replay if it began before. So code that has runs can be changed: old ones go the old
 * way, new ones the new way. Outside of any run, as in a unit test, it is `true`.
 *
 * @example
 * const order = workflow("order", async (id: string) => {
 *   if (patched("fraud-check")) await checkFraud(id);
 *   await charge(id);
 * }, { patches: ["fraud-check"] });
 * @throws UnknownPatchError for an id that the workflow does not name: the run has a problem, and goes
 *   on when that is mended. ConfigurationError for a bad id, and in a step.
 */
export function patched(id: string): boolean {
  if (!isLabel(id)) {
    throw new ConfigurationError(
      `patched() needs the id of a patch, ${RULES.label.wanted}: patched("fraud-check").`,
    );
  }
  const scope = currentScope();
  if (scope?.kind === "step") {
    throw new ConfigurationError(
      `patched("${id}") was called in a step. Ask in the workflow, and pass the answer to the step.`,
    );
  }
  return scope === undefined || scope.host.patched(id);
}
