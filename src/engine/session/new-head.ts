/** How the record of a run begins. */
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { InvalidInputError } from "../../core/errors.ts";
import type { EventOf } from "../../core/events.ts";
import { issuesOf } from "../../core/issues.ts";
import type { Encoded } from "../../core/value.ts";
import type { ParentLink, RunKey, StartedHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";

interface NewRun extends RunKey {
  workflow: AnyWorkflow;
  input: Encoded;
  tags: readonly string[];
  /** When it is written. */
  at: number;
  /** What only some starts say. */
  more?: Pick<EventOf<"workflow.started">, "given" | "startAt">;
  parent?: ParentLink;
}

export function newHead({ newId, store }: Services, run: NewRun): StartedHead {
  const { runId, incarnation, input, tags, at, more = {}, parent } = run;
  const { name: workflow, version, patches } = run.workflow;
  const event = {
    type: "workflow.started" as const,
    workflow,
    version,
    input,
    ...more,
    ...(patches.length > 0 && { patches: [...patches] }),
  };
  const { startAt } = more;
  return {
    runId,
    incarnation,
    workflow,
    version,
    start: { position: 0, id: newId(), at, events: [event] },
    tags: [...new Set(tags)],
    ...(parent && { parent }),
    createdAt: at,
    ...(startAt !== undefined && { startAt }),
    status: "pending",
    position: 0,
    dueAt: Math.max(at, startAt ?? at),
    resends: 0,
    keepAt: at + store.retentionMs,
  };
}

/** What a workflow is started with: what its schema puts out. @throws InvalidInputError */
export async function parsedInput(workflow: AnyWorkflow, input: unknown): Promise<unknown> {
  if (!workflow.input) return input;
  const result = await workflow.input["~standard"].validate(input);
  if (!result.issues) return result.value;
  throw new InvalidInputError(
    `The input of workflow "${workflow.name}" does not fit its schema.`,
    issuesOf(result.issues),
  );
}
