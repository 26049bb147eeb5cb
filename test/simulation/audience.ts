/** What the observers of a fleet were told of each run: each thing once, by who made it so. */
import type { Observation } from "../../src/ports/observer.ts";
import type { Cast } from "./cast.ts";

const ONCE = new Set([
  "run.started",
  "run.ended",
  "cancellation.requested",
  "cancellation.delivered",
]);

export class Audience {
  readonly #cast: Cast;
  readonly #heard = new Map<string, Map<string, number>>();

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  heard(observation: Observation): void {
    const { type, run } = observation;
    const counts = this.#heard.get(run.runId) ?? new Map<string, number>();
    this.#heard.set(run.runId, counts);
    const times = (counts.get(type) ?? 0) + 1;
    counts.set(type, times);
    const { witness } = this;
    if (times > 1 && ONCE.has(type))
      witness(run.runId).complain(`observers heard twice of ${type}`);
    if (type === "run.ended" && witness(run.runId).ended?.as !== `workflow.${observation.status}`) {
      witness(run.runId).complain(`observers heard of an end as ${observation.status}`);
    }
  }

  readonly witness = (runId: string) => this.#cast.of(runId);

  timesOf(runId: string, type: Observation["type"]): number {
    return this.#heard.get(runId)?.get(type) ?? 0;
  }
}
