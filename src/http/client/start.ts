import type { AnyWorkflow } from "../../authoring/workflow.ts";
import type { RunStatus } from "../../core/run.ts";
import type { StartOptions } from "../../engine/engine.ts";
import { placeOf } from "../protocol/address.ts";
import type { CallOptions } from "./client.ts";
import { newId } from "./new-id.ts";
import { type Means, send, successOf } from "./transport.ts";

export interface Started {
  runId: string;
  status: RunStatus;
  existing: boolean;
}

/** Starts a run of the workflow of this name, of this very version if one is given. */
export async function startRun(
  means: Means,
  workflow: AnyWorkflow | string,
  input: unknown,
  { signal, runId, idempotencyKey, tags, startAt }: StartOptions & CallOptions,
): Promise<Started> {
  const { name, version } =
    typeof workflow === "string" ? { name: workflow, version: undefined } : workflow;
  // A start with an id or a key may be repeated. One with neither is given an id here.
  const isNamed = runId !== undefined || idempotencyKey !== undefined;
  const id = isNamed ? runId : `run_${newId()}`;
  const answer = await send(means, {
    method: "POST",
    ...placeOf("/workflows/{workflow}/runs", { workflow: name }),
    body: given({ input, version, runId: id, idempotencyKey, tags, startAt }),
    what: `The start of workflow "${name}"`,
    repeatable: true,
    signal,
  });
  const started = successOf<{ runId: string; status: RunStatus }>(answer);
  return { ...started, existing: isNamed && answer.status === 200 };
}

function given(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
}
