import type { Services } from "../services.ts";
import type { SessionCache } from "./session-cache.ts";

/** An engine at work in this process: what serves it, and the runs that it keeps at hand. */
export interface Worker extends Services {
  readonly sessions: SessionCache;
}
