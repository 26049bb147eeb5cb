/**
 * Where the indexes file an ended run. A transaction that changes index keys pays every index write
 * as its own share (DynamoDB Local reports 20 units for an end in one transaction, and 8 for this), so
 * the transaction that ends a run leaves the index keys alone and a plain update moves them next.
 *
 * F1. The status alone says whether a run has ended. The index keys may be behind, as any index.
 * F2. If that update is lost, the run stays where it was in both indexes. The sweep finds it due, and
 *     whoever reads the head of an ended run that is filed as active files it anew.
 */
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { isEnded } from "../../core/run.ts";
import type { RunHead } from "../../ports/store.ts";
import type { Item } from "./attributes.ts";
import { conditional } from "./conditions.ts";
import { updateOf } from "./expressions.ts";
import { ACTIVE, headKey, listPartition } from "./keys.ts";
import type { Table } from "./table.ts";

type Filed = Pick<RunHead, "runId" | "incarnation" | "status">;

/** Never fails: what it is part of has taken effect already. */
export async function fileAsEnded(table: Table, run: Filed): Promise<void> {
  const { runId, incarnation, status } = run;
  const update = new UpdateItemCommand(
    updateOf(table.name, {
      key: headKey(runId),
      set: { listPartition: listPartition(runId, status) },
      remove: ["dueAt"],
      condition: "#incarnation = :incarnation AND begins_with(#listPartition, :active)",
      values: { incarnation, active: ACTIVE },
    }),
  );
  try {
    await conditional<unknown>(
      () => table.requests.send(update),
      () => undefined,
    );
  } catch {
    // F2
  }
}

export function isFiledAsActive(item: Item, head: RunHead): boolean {
  return isEnded(head.status) && item["listPartition"]?.S?.startsWith(ACTIVE) === true;
}
