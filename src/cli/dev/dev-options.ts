import type { GlobalOptions } from "../session.ts";
import type { DevLogLevel } from "./dev-log.ts";

export interface DevOptions extends GlobalOptions {
  module?: string;
  port: number;
  store: "memory" | "dynamodb";
  table: string;
  logLevel: DevLogLevel;
}
