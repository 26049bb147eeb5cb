/**
 * A run again and again, with one fault in it: at its first call to the outside, at its second, and
 * so on to the last.
 */
import type { Call, Fate, Fortune } from "../simulation/process.ts";
import { type Judged, simulateScenario } from "../simulation/seeds.ts";
import type { Case } from "./cases.ts";

export const FAULTS = ["diesBefore", "diesAfter", "answerLost"] as const satisfies Fate[];
type Fault = (typeof FAULTS)[number];

/** Virtual time within which a run ends whatever crashed: a lease, a watchdog and the work itself. */
const LONGEST_MS = 180_000;

/** Everything goes well, but for one call. */
class OneFault implements Fortune {
  readonly calls: string[] = [];
  readonly #at: number;
  readonly #fate: Fate;

  constructor(at: number, fate: Fate) {
    this.#at = at;
    this.#fate = fate;
  }

  fateOf({ name, process }: Call): Fate {
    const index = this.calls.push(`${name} of ${process.name}`) - 1;
    return index === this.#at ? this.#fate : "done";
  }

  latencyOf(): number {
    return 2;
  }
}

export interface Row {
  index: number;
  call: string;
  fault: Fault;
}

/** The calls of a run in which nothing goes wrong, each with each fault. */
export async function rowsOf({ scenario }: Case): Promise<Row[]> {
  const fortune = new OneFault(-1, "done");
  await simulateScenario(scenario, { tracing: false, fortune });
  return fortune.calls.flatMap((call, index) => FAULTS.map((fault) => ({ index, call, fault })));
}

/** What is wrong with a run that this happened to. */
export async function wrongWith(
  { scenario, wrong }: Case,
  { index, fault }: Pick<Row, "index" | "fault">,
  options: { tracing: boolean } = { tracing: false },
): Promise<{ judged: Judged; violations: string[] }> {
  const fortune = new OneFault(index, fault);
  // Not fair weather any more: what a crash delays is not late.
  const weather = { ...scenario.weather, diesBefore: 1 };
  const judged = await simulateScenario({ ...scenario, weather }, { ...options, fortune });
  const violations = [...judged.violations, ...wrong(judged)];
  const { head, world } = judged;
  const tookMs = (head?.endedAt ?? Number.POSITIVE_INFINITY) - world.began;
  if (tookMs > LONGEST_MS) violations.push(`the run took ${tookMs} ms`);
  return { judged, violations };
}
