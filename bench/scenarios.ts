/** What is measured: loads of trivial steps, the same for the engine and for the floor. */

export interface Load {
  shape: "sequential" | "parallel";
  /** Runs at once. */
  runs: number;
  /** Steps of each run. */
  steps: number;
  /** Warm processes that take the turns in rotation, as functions in a cloud do. */
  processes: number;
}

export interface Scenario extends Load {
  name: string;
  title: string;
  /** How often the load is repeated in one round, one after the other. */
  repeats: number;
}

const SEQUENTIAL = { shape: "sequential", runs: 1, processes: 1 } as const;
const PARALLEL = { shape: "parallel", runs: 1, processes: 1 } as const;
const SPREAD = { processes: 10, repeats: 2 } as const;

export const SCENARIOS = [
  scenario("sequential-10", {
    ...SEQUENTIAL,
    title: "10 sequential steps",
    steps: 10,
    repeats: 20,
  }),
  scenario("sequential-100", {
    ...SEQUENTIAL,
    title: "100 sequential steps",
    steps: 100,
    repeats: 4,
  }),
  scenario("sequential-100-spread", {
    ...SEQUENTIAL,
    ...SPREAD,
    title: "100 sequential steps over 10 processes",
    steps: 100,
  }),
  scenario("sequential-1000", {
    ...SEQUENTIAL,
    title: "1000 sequential steps",
    steps: 1000,
    repeats: 1,
  }),
  scenario("parallel-10", { ...PARALLEL, title: "10 parallel steps", steps: 10, repeats: 20 }),
  scenario("parallel-100", { ...PARALLEL, title: "100 parallel steps", steps: 100, repeats: 4 }),
  scenario("parallel-100-spread", {
    ...PARALLEL,
    ...SPREAD,
    title: "100 parallel steps over 10 processes",
    steps: 100,
  }),
  scenario("parallel-500", { ...PARALLEL, title: "500 parallel steps", steps: 500, repeats: 1 }),
  scenario("parallel-500-spread", {
    ...PARALLEL,
    ...SPREAD,
    title: "500 parallel steps over 10 processes",
    steps: 500,
    repeats: 1,
  }),
  scenario("runs-of-5", {
    ...SEQUENTIAL,
    title: "200 runs at once of 5 steps",
    runs: 200,
    steps: 5,
    repeats: 1,
  }),
] as const;

export type ScenarioName = (typeof SCENARIOS)[number]["name"];

function scenario<Name extends string>(
  name: Name,
  rest: Omit<Scenario, "name">,
): Scenario & { name: Name } {
  return { name, ...rest };
}
