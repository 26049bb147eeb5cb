import type { Parts } from "../services.ts";
import type { SessionCache } from "./session-cache.ts";

/** What serves one engine, and the runs that it knows. */
export interface EngineParts extends Parts {
  readonly sessions: SessionCache;
}
