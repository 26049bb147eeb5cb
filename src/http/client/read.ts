/** Looking at runs, their logs, and what is registered. */
import type { Run, RunEvent, RunQuery } from "../../engine/engine.ts";
import type { CallOptions, EventQuery, WorkflowSummary } from "./client.ts";
import { type Means, request } from "./transport.ts";

/** Where a run is found. */
export function pathOf(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

export async function listWorkflows(
  means: Means,
  how: CallOptions = {},
): Promise<WorkflowSummary[]> {
  const answer = await get<{ workflows: WorkflowSummary[] }>(means, "/workflows", {}, how);
  return answer.workflows;
}

export function getRun(means: Means, runId: string, how: CallOptions = {}): Promise<Run> {
  return get(means, pathOf(runId), {}, how);
}

export function listRuns(
  means: Means,
  query: RunQuery = {},
  how: CallOptions = {},
): Promise<{ runs: Run[]; cursor?: string }> {
  const { status, workflow, tag, createdAfter, createdBefore, limit, cursor } = query;
  const sent = { status, workflow, tag, createdAfter, createdBefore, limit, cursor };
  return get(means, "/runs", sent, how);
}

export function getEvents(
  means: Means,
  runId: string,
  { after, limit, ...how }: EventQuery & CallOptions = {},
): Promise<{ events: RunEvent[] }> {
  return get(means, `${pathOf(runId)}/events`, { after, limit }, how);
}

function get<T>(
  means: Means,
  path: string,
  query: Record<string, string | number | Date | undefined>,
  { signal }: CallOptions,
): Promise<T> {
  return request<T>(means, { method: "GET", path, query, repeatable: true, signal });
}
