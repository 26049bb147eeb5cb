import { ConfigurationError } from "../core/errors.ts";
import { isLabel, RULES } from "../core/option-rules.ts";
import { type StepOptions, toPolicy } from "../core/retry.ts";
import { detachedHost } from "./detached.ts";
import { currentScope, runInScope, type Scope } from "./scope.ts";

/**
 * A function with side effects whose result is kept in the run's log: it runs once, is tried again
 * when it fails, and at every replay its result is just read. Its arguments are fixed when it is
 * called: each attempt gets a copy. Called outside a workflow it is the plain function.
 *
 * @example
 * const charge = step("charge", async (orderId: string) => payments.charge(orderId), {
 *   retries: 5,
 *   timeout: "30s",
 * });
 * @throws ConfigurationError, InvalidInputError for a bad name or options, when it is defined.
 */
export function step<Arguments extends unknown[], Result>(
  name: string,
  fn: (...args: Arguments) => Result | Promise<Result>,
  options?: StepOptions,
): (...args: Arguments) => Promise<Awaited<Result>> {
  if (!isLabel(name)) {
    throw new ConfigurationError(
      `A step needs a name, ${RULES.label.wanted}: step("charge", async () => { … }).`,
    );
  }
  if (typeof fn !== "function") {
    throw new ConfigurationError(`Step "${name}" needs a function as its second argument.`);
  }
  const policy = toPolicy(name, options);
  return (...args) => {
    const scope = currentScope();
    const result =
      scope?.kind === "workflow"
        ? scope.host.issue({ kind: "step", name, policy, fn, args }, scope)
        : callDirectly(name, scope, () => fn(...args));
    return result as Promise<Awaited<Result>>;
  };
}

async function callDirectly(
  name: string,
  around: Extract<Scope, { kind: "step" }> | undefined,
  call: () => unknown,
): Promise<unknown> {
  const host = around?.host ?? detachedHost(name);
  const outer = around?.idempotencyKey ?? `detached/${crypto.randomUUID()}`;
  const idempotencyKey = `${outer}/${name}/${host.nextInner()}`;
  const shielded = around?.shielded ?? false;
  return runInScope({ kind: "step", host, shielded, step: name, idempotencyKey }, call);
}
