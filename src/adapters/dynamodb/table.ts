import type { Requests } from "./requests.ts";

/** The table, and the way to it. */
export interface Table {
  readonly name: string;
  readonly requests: Requests;
  /** Until when what is written now is kept, in seconds. */
  timeToLive(): number;
}
