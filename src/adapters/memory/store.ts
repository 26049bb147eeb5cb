import type { Duration } from "../../core/duration.ts";
import { retentionMillis } from "../../ports/retention.ts";
import type { Store } from "../../ports/store.ts";
import { createChildren } from "./children.ts";
import { Heads } from "./heads.ts";
import { createLog } from "./log.ts";
import { Partitions } from "./partition.ts";
import { createRuns } from "./runs.ts";
import { createTasks } from "./tasks.ts";

export interface MemoryStoreOptions {
  /** How long an ended run can be read. Default: 30 days. In memory nothing is deleted. */
  retention?: Duration | undefined;
}

/**
 * A store in this process's memory, for tests and for trying things out: it deletes nothing, and all
 * it keeps ends with the process. It has no clock and no chance in it, so that the same calls give the
 * same answers.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const heads = new Heads();
  const partitions = new Partitions();
  return {
    retentionMs: retentionMillis(options.retention),
    runs: createRuns(heads, partitions),
    log: createLog(heads, partitions),
    tasks: createTasks(partitions),
    children: createChildren(partitions),
  };
}
