import { runInScope, type WorkflowHost } from "../../authoring/scope.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { type Command, labelOf } from "../../core/commands/index.ts";
import {
  asError,
  ConfigurationError,
  InvalidOutputError,
  isCancellationOf,
  PayloadTooLargeError,
} from "../../core/errors.ts";
import { issuesOf } from "../../core/issues.ts";
import type { Ending } from "../../core/outcome.ts";
import { encode, encodeError, sizeOf } from "../../core/value.ts";
import { VALUE_LIMIT } from "../../ports/limits.ts";
import { handled } from "./pending-promises.ts";
import { guard } from "./rejection-guard.ts";

/** How a workflow function ended. */
export type Finish = { type: "returned"; value: unknown } | { type: "threw"; error: unknown };

/** How a run ends whose function returned or threw: its output checked, its error kept. */
export function endingOf(
  workflow: AnyWorkflow,
  host: WorkflowHost,
  finish: Finish,
): Promise<Ending> {
  const outside = { shielded: false, cleanup: false };
  const scope = { kind: "workflow" as const, host: atTheEnd(workflow, host), ...outside };
  return runInScope(scope, () => judge(workflow, host.context.runId, finish));
}

/** What the output's schema runs is no code of the workflow: a command of it would be in no log. */
function atTheEnd({ name }: AnyWorkflow, host: WorkflowHost): WorkflowHost {
  const refuse = (command: Pick<Command, "kind" | "name">): never => {
    throw guard(
      new ConfigurationError(
        `The output schema of workflow "${name}" asked for ${labelOf(command)}. Ask for it in the workflow's code.`,
      ),
    );
  };
  return {
    ...host,
    issue: (command) => handled((async () => refuse(command))()),
    issueAhead: (command) => refuse(command),
    issueChild: ({ workflow }) => refuse({ kind: "child", name: workflow }),
    checkCancellation: async () => {},
    openShield: () => ({ cleanup: false, close() {} }),
    requireChannel: () => {},
  };
}

async function judge(workflow: AnyWorkflow, runId: string, finish: Finish): Promise<Ending> {
  if (finish.type === "threw") return threw(workflow, runId, finish.error);
  const what = `The output of workflow "${workflow.name}"`;
  try {
    const output = encode(await validated(workflow, finish.value), what);
    const size = sizeOf(output);
    if (size > VALUE_LIMIT) throw new PayloadTooLargeError({ what, size, limit: VALUE_LIMIT });
    return { type: "completed", output };
  } catch (error) {
    return threw(workflow, runId, error);
  }
}

async function validated(workflow: AnyWorkflow, value: unknown): Promise<unknown> {
  if (!workflow.output) return value;
  const result = await workflow.output["~standard"].validate(value);
  if (!result.issues) return result.value;
  throw new InvalidOutputError(
    `Workflow "${workflow.name}" returned something that its output schema refuses.`,
    issuesOf(result.issues),
  );
}

function threw({ name }: AnyWorkflow, runId: string, thrown: unknown): Ending {
  const error = encodeError(asError(thrown, `Workflow "${name}"`));
  return { type: "threw", error, cancellation: isCancellationOf(runId, thrown) };
}
