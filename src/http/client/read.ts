/** Looking at runs, their logs, and what is registered. */
import type {
  ChildQuery,
  EventPage,
  EventQuery,
  Run,
  RunQuery,
  RunSummary,
} from "../../engine/engine.ts";
import { placeOf } from "../protocol/address.ts";
import type { CallOptions, WorkflowSummary } from "./client.ts";
import { type Call, type Means, request } from "./transport.ts";

export async function listWorkflows(
  means: Means,
  how: CallOptions = {},
): Promise<WorkflowSummary[]> {
  const answer = await get<{ workflows: WorkflowSummary[] }>(means, { path: "/workflows" }, how);
  return answer.workflows;
}

export function getRun(means: Means, runId: string, how: CallOptions = {}): Promise<Run> {
  return get(means, placeOf("/runs/{runId}", { runId }), how);
}

export function listRuns(
  means: Means,
  query: RunQuery = {},
  how: CallOptions = {},
): Promise<{ runs: RunSummary[]; cursor?: string }> {
  return get(means, { path: "/runs", query: { ...query } }, how);
}

export function listChildren(
  means: Means,
  runId: string,
  { limit, cursor, ...how }: ChildQuery & CallOptions = {},
): Promise<{ runs: RunSummary[]; cursor?: string }> {
  const { path, query } = placeOf("/runs/{runId}/children", { runId });
  return get(means, { path, query: { ...query, limit, cursor } }, how);
}

export function getEvents(
  means: Means,
  runId: string,
  { generation, after, limit, ...how }: EventQuery & CallOptions = {},
): Promise<EventPage> {
  const { path, query } = placeOf("/runs/{runId}/events", { runId });
  return get(means, { path, query: { ...query, generation, after, limit } }, how);
}

function get<T>(
  means: Means,
  what: Pick<Call, "path" | "query">,
  { signal }: CallOptions,
): Promise<T> {
  return request<T>(means, { method: "GET", ...what, repeatable: true, signal });
}
