/** What the simulator's judges are told of a program's world. */
import { FAIR, type Scenario } from "../simulation/scenario.ts";
import { PLAIN } from "../simulation/variety.ts";
import type { Program } from "./program.ts";

const ACTION = {
  afterMs: 0,
  once: undefined,
  what: "cancel",
  gracePeriodMs: undefined,
  againAfterMs: undefined,
} as const;

export function scenarioOf({ code, asks, sweepless, settings }: Program): Scenario {
  return {
    seed: 0,
    program: code,
    actions: asks.map(() => ACTION),
    weather: FAIR,
    calmAfterMs: 0,
    replay: "live",
    cachedRuns: 500,
    fleet: { most: 2, turns: 32, functionMs: undefined, clocks: { apartMs: 0, jump: false } },
    visibilityMs: 30_000,
    delivery: "all",
    visitEveryMs: undefined,
    strays: [],
    sweepEveryMs: sweepless ? undefined : 1000,
    sweepAhead: false,
    leaseMs: 15_000,
    watchdogMs: 20_000,
    startAtMs: undefined,
    maxDurationMs: undefined,
    variety: PLAIN,
    ...settings,
  };
}
