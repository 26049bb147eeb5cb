import { RunNotFoundError } from "../../core/errors.ts";
import { isLabel } from "../../core/option-rules.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Services } from "../services.ts";

/** @throws RunNotFoundError */
export async function headOf({ store, clock }: Services, runId: string): Promise<RunHead> {
  const head = isLabel(runId) ? await store.runs.get(runId, clock.now()) : undefined;
  if (!head) throw new RunNotFoundError(runId);
  return head;
}
