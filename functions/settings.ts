/** Settings of the deployed engine, such as `gracePeriod`: put your own here. */
import type { EngineOptions } from "../src/engine/index.ts";
import type { AnyWorkflow, Duration } from "../src/index.ts";

export interface Settings
  extends Omit<EngineOptions<AnyWorkflow>, "workflows" | "store" | "scheduler"> {
  /**
   * How long an ended run can be read. Default 30 days. DynamoDB deletes its record then, and its steps'
   * results at the latest as long again after that.
   */
  retention?: Duration | undefined;
}

export const settings: Settings = {};
