/** One seed: simulate it, judge it, show it. */
import type { ReplayMode } from "../../src/engine/services.ts";
import { toCode } from "./code.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { type Simulated, Simulation, type SimulationOptions } from "./simulation.ts";
import type { Kind } from "./variety.ts";
import { violationsOf } from "./verdict.ts";
import { shownEntry } from "./watched-store.ts";
import { drained } from "./world.ts";

export interface Judged extends Simulated {
  violations: string[];
}

/** @param kinds what is drawn besides; all there is, if it is left out. */
export async function simulateSeed(
  seed: number,
  { kinds, ...options }: SimulationOptions & { kinds?: readonly Kind[] },
): Promise<Judged> {
  const scenario = scenarioOf(seed, kinds);
  return await simulateScenario({ ...scenario, replay: everyReplay() ?? scenario.replay }, options);
}

/** `DETENT_REPLAY=verify` compares live with cold in every seed, not only in some. */
export function everyReplay(): ReplayMode | undefined {
  const mode = process.env["DETENT_REPLAY"];
  return mode === "live" || mode === "verify" || mode === "cold" ? mode : undefined;
}

export async function simulateScenario(
  scenario: Scenario,
  options: SimulationOptions,
): Promise<Judged> {
  const rejected: string[] = [];
  const notice = (reason: unknown): void => void rejected.push(`unhandled rejection: ${reason}`);
  process.on("unhandledRejection", notice);
  const { stackTraceLimit } = Error;
  // Stacks take half of the time, and nobody reads those of a seed that passes.
  if (!options.tracing) Error.stackTraceLimit = 0;
  try {
    const simulated = await new Simulation(scenario, options).run();
    const violations = await violationsOf(simulated);
    await drained();
    return { ...simulated, violations: [...rejected, ...violations] };
  } finally {
    process.off("unhandledRejection", notice);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** All that one needs to see what happened; the trace is there if it was kept. */
export function report({ scenario, world, log, head, violations, company }: Judged): string {
  const { program, seed, ...rest } = scenario;
  const { start: _, closing: __, ...shownHead } = head ?? {};
  return [
    `=== seed ${seed}: ${violations.length === 0 ? "all is well" : "FAILED"}`,
    ...violations.map((violation) => `  - ${violation}`),
    "--- workflow",
    toCode(program),
    "--- scenario",
    JSON.stringify(rest),
    ...company.map((other) => `--- beside it\n${toCode(other.scenario.program)}`),
    "--- what happened",
    ...world.trace,
    "--- log",
    ...log.map((entry) => `${entry.at - world.began} ${shownEntry(entry)}`),
    ...company.flatMap((other) => [
      `--- log of ${other.head?.runId}`,
      ...other.log.map((entry) => `${entry.at - world.began} ${shownEntry(entry)}`),
    ]),
    "--- head",
    JSON.stringify(shownHead),
    `--- again: npm run simulate -- --seed ${seed}`,
  ].join("\n");
}
