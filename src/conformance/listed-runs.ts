/** Runs to try lists with. */
import type { RunStatus } from "../core/run.ts";
import type { RunFilter, RunHead, Store } from "../ports/store.ts";
import { newEntry, newHead, unique } from "./samples.ts";

/** Runs of a workflow of their own, created at these times. */
export async function runsAt(
  store: Store,
  times: readonly number[],
  fields: Partial<RunHead> = {},
): Promise<RunHead[]> {
  const workflow = fields.workflow ?? unique("workflow");
  const heads = times.map((createdAt) => newHead({ ...fields, workflow, createdAt }));
  await Promise.all(heads.map((head) => store.runs.create(head, 0)));
  return heads;
}

export async function pages(store: Store, filter: RunFilter, limit: number): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.runs.list(filter, { limit, cursor });
    all.push(page.runs.map(({ runId }) => runId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

export async function idsOf(store: Store, filter: RunFilter): Promise<string[]> {
  return (await pages(store, filter, 1000)).flat();
}

export const idOf = ({ runId }: { runId: string }) => runId;
export const workflowOf = ([head]: RunHead[]) => ({ workflow: head?.workflow });

export async function end(
  store: Store,
  head: RunHead,
  { status, expiresAt = 90_000 }: { status: RunStatus; expiresAt?: number },
): Promise<void> {
  await store.log.append(head, newEntry(1), { change: { status, endedAt: 5, expiresAt } });
}
