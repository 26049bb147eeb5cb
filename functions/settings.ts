/** Settings of the deployed engine, such as `gracePeriod`: put your own here. */
import type { EngineOptions } from "../src/engine/index.ts";
import type { AnyWorkflow } from "../src/index.ts";

export type Settings = Omit<EngineOptions<AnyWorkflow>, "workflows" | "store" | "scheduler">;

export const settings: Settings = {};
