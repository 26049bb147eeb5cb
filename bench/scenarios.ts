/** What is measured: loads of trivial steps, the same for the engine and for the floor. */

export interface Load {
  shape: "sequential" | "parallel";
  /** Runs at once. */
  runs: number;
  /** Steps of each run. */
  steps: number;
}

export interface Scenario extends Load {
  name: string;
  title: string;
  /** How often the load is repeated in one round, one after the other. */
  repeats: number;
}

export const SCENARIOS = [
  one("sequential-10", "10 sequential steps", { shape: "sequential", runs: 1, steps: 10 }, 20),
  one("sequential-100", "100 sequential steps", { shape: "sequential", runs: 1, steps: 100 }, 4),
  one("sequential-1000", "1000 sequential steps", { shape: "sequential", runs: 1, steps: 1000 }, 1),
  one("parallel-10", "10 parallel steps", { shape: "parallel", runs: 1, steps: 10 }, 20),
  one("parallel-100", "100 parallel steps", { shape: "parallel", runs: 1, steps: 100 }, 4),
  one("runs-of-5", "200 runs at once of 5 steps", { shape: "sequential", runs: 200, steps: 5 }, 1),
] as const satisfies readonly Scenario[];

export type ScenarioName = (typeof SCENARIOS)[number]["name"];

function one<Name extends string>(name: Name, title: string, load: Load, repeats: number) {
  return { name, title, ...load, repeats };
}
