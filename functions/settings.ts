/** Settings of the deployed engine, such as `gracePeriod`: put your own here. */
import type { EngineOptions } from "../src/engine/index.ts";
import type { AnyWorkflow, Duration } from "../src/index.ts";

export interface Settings
  extends Omit<EngineOptions<AnyWorkflow>, "workflows" | "store" | "scheduler"> {
  /** How long the record of an ended run is kept. Default 30 days. */
  retention?: Duration | undefined;
}

export const settings: Settings = {};
