/** A command that is recorded in the log and not settled. */
import type { Encoded } from "./value.ts";

export type OpenCommand = OpenStep | OpenSleep;

export interface OpenStep {
  kind: "step";
  command: number;
  name: string;
  shielded: boolean;
  /** The last attempt that was recorded; of a scheduled one, the first it may make. */
  attempt: number;
  phase:
    | { type: "running"; claim: string; lease: number }
    /**
     * Runs as a task; what becomes of it is in the task's own item until it is absorbed. `at` and
     * `position` are of the entry that scheduled it, `after` the tasks that this entry absorbed.
     */
    | { type: "scheduled"; at: number; position: number; after: readonly number[] }
    | { type: "retrying"; retryAt: number; error: Encoded }
    /** Ended by the cancellation that is still to be delivered. */
    | { type: "cancelled" };
}

export interface OpenSleep {
  kind: "sleep";
  command: number;
  name: "sleep";
  shielded: boolean;
  until: number;
}

/** When time alone changes what is to be done with it, as far as the log tells. */
export function dueAt(open: OpenCommand): number | undefined {
  if (open.kind === "sleep") return open.until;
  return open.phase.type === "retrying" ? open.phase.retryAt : undefined;
}
