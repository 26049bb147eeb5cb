/** What every piece of one engine shares. */
import type { AnyWorkflow } from "../authoring/workflow.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { Store } from "../ports/store.ts";
import type { Observing } from "./observe/observers.ts";
import type { EndWaiters } from "./process/end-waiters.ts";
import type { HeadReadings } from "./process/head-readings.ts";
import type { WaitReadings } from "./process/known-waits.ts";
import type { Sightings } from "./process/sightings.ts";
import type { Registry } from "./registry.ts";

export type ReplayMode =
  /** Keeps the live execution of the runs it worked on. */
  | "live"
  /** The same, and compares it with a cold replay after every entry. For tests. */
  | "verify"
  /** Replays the whole log at every turn. */
  | "cold";

/** Durations in milliseconds. */
export interface Settings {
  /** How long a claim lasts where neither the platform nor the step's timeout tells. */
  leaseMs: number;
  /** By how much the clocks of different machines may disagree. */
  skewMs: number;
  gracePeriodMs: number;
  /** How long code that outlives its timeout holds up what follows its attempt. */
  abandonAfterMs: number;
  /** How long a message of a version that is not known here is left to others. */
  handOverMs: number;
  /** How long a run may make no progress before the sweep sends it again. */
  watchdogMs: number;
  /** How often a step that asks is told of news from the store, at most. */
  newsEveryMs: number;
  replay: ReplayMode;
}

export interface Services {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fresh ids for entries, claims and runs. */
  readonly newId: () => string;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly settings: Settings;
  readonly registry: Registry<AnyWorkflow>;
  readonly sightings: Sightings;
  readonly heads: HeadReadings;
  readonly waiters: EndWaiters;
  readonly waits: WaitReadings;
  readonly observing: Observing;
}
