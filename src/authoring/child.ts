import type { OnParentEnd } from "../core/commands/child.ts";
import { ConfigurationError } from "../core/errors.ts";
import { checkOptions, RULES } from "../core/option-rules.ts";
import { currentScope, type IssuedChild, type Scope } from "./scope.ts";
import type { Arguments, Workflow } from "./workflow.ts";

export interface ChildOptions {
  /**
   * `"cancel"` (default): a parent that is cancelled cancels it gracefully and waits for it; one that
   * ends otherwise cancels it, one that is terminated terminates it. `"abandon"`: it goes on by itself.
   */
  onParentEnd?: OnParentEnd | undefined;
  /** Of its run. Default: one that follows from the parent's. */
  runId?: string | undefined;
  tags?: readonly string[] | undefined;
}

/** A run that another one has started and that belongs to it. */
export interface Child<Out> {
  readonly runId: string;
  /**
   * What it came to. May be asked for any number of times, before its end or after.
   * @throws ChildFailedError if it failed, or was cancelled or terminated by anybody.
   */
  result(): Promise<Out>;
  /** Asks it to stop gracefully; goes on as soon as that is recorded, and does not wait for its end. */
  cancel(options?: { reason?: string | undefined }): Promise<void>;
}

/**
 * Starts a run of another workflow that belongs to this one, and goes on once it exists. It runs by
 * itself: `result()` waits for it, and costs nothing meanwhile.
 *
 * @example
 * const shipment = await child(shipWorkflow, { orderId });
 * await sendMail(orderId);
 * const { trackingId } = await shipment.result();
 * @throws WorkflowNotFoundError if the workflow is not registered, InvalidInputError, SerializationError or
 *   PayloadTooLargeError for the input, RunExistsError for a runId that another run has,
 *   FamilyTooDeepError; ConfigurationError outside of a workflow and in a step. Nothing was started then.
 */
export async function child<In, Out, Parsed, Name extends string>(
  workflow: Workflow<In, Out, Parsed, Name>,
  ...[input, options = {}]: Arguments<In, ChildOptions>
): Promise<Child<Out>> {
  const { name } = checkedWorkflow(workflow);
  const { onParentEnd = "cancel", runId, tags = [] } = options;
  checkOptions({ runId, tags, onParentEnd }, OPTIONS);
  const scope = workflowScope(`child(${name})`);
  const issued = scope.host.issueChild({ workflow: name, input, runId, tags, onParentEnd }, scope);
  const born = await issued.born;
  return handle<Out>(String(born), name, issued);
}

const OPTIONS = {
  runId: RULES.label,
  tags: RULES.tags,
  onParentEnd: {
    fits: (value: unknown) => value === "cancel" || value === "abandon",
    wanted: 'one of "cancel", "abandon"',
  },
};

function handle<Out>(runId: string, name: string, { command, wait }: IssuedChild): Child<Out> {
  return {
    runId,
    result: () => wait() as Promise<Out>,
    cancel: async ({ reason } = {}) => {
      checkOptions({ reason }, { reason: RULES.reason });
      const scope = workflowScope("cancel() of a child");
      const asked = { kind: "cancel" as const, name, child: runId, target: command, reason };
      await scope.host.issue(asked, scope);
    },
  };
}

function checkedWorkflow<W extends { readonly name: string }>(workflow: W): W {
  if (typeof workflow?.name === "string" && "run" in workflow) return workflow;
  throw new ConfigurationError(
    "child() needs a workflow, as workflow() returns it: child(shipment, { orderId }).",
  );
}

function workflowScope(what: string): Extract<Scope, { kind: "workflow" }> {
  const scope = currentScope();
  if (scope?.kind === "workflow") return scope;
  const where = scope ? `in step "${scope.step}"` : "outside of a workflow";
  throw new ConfigurationError(
    `${what} was called ${where}. Call it in the workflow's code, and hand its run's id to the step that needs it.`,
  );
}
