/** How long a store keeps the record of an ended run. */
import { type Duration, toMillis } from "../core/duration.ts";
import type { RunHead } from "./store.ts";

const DEFAULT_RETENTION = "30d";

/** @throws InvalidInputError when the duration is unreadable. */
export function retentionMillis(retention: Duration | undefined): number {
  return toMillis(retention ?? DEFAULT_RETENTION, "retention");
}

/** Whether retention is over, so that the head reads as absent even if it is not deleted yet. */
export function isOver(head: Pick<RunHead, "expiresAt">, now: number): boolean {
  return head.expiresAt !== undefined && head.expiresAt <= now;
}
