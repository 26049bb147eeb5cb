import { ConfigurationError } from "../core/errors.ts";
import type { Context } from "./context.ts";
import { currentScope, type Scope } from "./scope.ts";

/**
 * The context of the workflow or step that calls it. What it does, it does for whoever calls it: a
 * workflow's context that is used inside a step serves the step.
 * @throws ConfigurationError outside of both.
 */
export function getContext(): Context {
  const own = currentScope();
  if (own === undefined) {
    throw new ConfigurationError(
      "getContext() was called outside of a workflow or step. Call it in the code that the engine runs.",
    );
  }
  const here = (): Scope => currentScope() ?? own;
  const { context } = own.host;
  return {
    runId: context.runId,
    generation: context.generation,
    workflow: context.workflow,
    ...(own.kind === "step" && { step: own.step }),
    ...(context.attempt !== undefined && { attempt: context.attempt }),
    idempotencyKey: own.kind === "step" ? own.idempotencyKey : context.runId,
    get signal() {
      const scope = here();
      return scope.kind === "step" ? scope.host.signal : scope.host.context.signal;
    },
    get cancellation() {
      return here().host.context.cancellation;
    },
    checkCancellation: () => here().host.checkCancellation(here().shielded),
    now: () => here().host.context.now(),
    random: () => here().host.context.random(),
    uuid: () => here().host.context.uuid(),
    logger: context.logger,
  };
}
