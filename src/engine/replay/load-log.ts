import type { KeptEntry, RunHead, RunKey, Store } from "../../ports/store.ts";

/** The log of a run from entry 0 on, which need not be read where the head has it. */
export async function loadLog(
  store: Store,
  head: RunKey & Pick<RunHead, "start">,
  limit = Number.POSITIVE_INFINITY,
): Promise<KeptEntry[]> {
  if (!head.start) return await store.log.read(head, { from: 0, limit });
  if (limit === 1) return [head.start];
  return [head.start, ...(await store.log.read(head, { from: 1, limit: limit - 1 }))];
}
