import type { AnyWorkflow } from "../../authoring/workflow.ts";
import {
  asError,
  InvalidOutputError,
  isCancellationOf,
  PayloadTooLargeError,
} from "../../core/errors.ts";
import { issuesOf } from "../../core/issues.ts";
import type { Ending } from "../../core/outcome.ts";
import { encode, encodeError, sizeOf } from "../../core/value.ts";
import { VALUE_LIMIT } from "../../ports/limits.ts";

/** How a run ends whose function returned or threw: its output checked, its error kept. */
export async function endingOf(
  workflow: AnyWorkflow,
  runId: string,
  finish: { type: "returned"; value: unknown } | { type: "threw"; error: unknown },
): Promise<Ending> {
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
