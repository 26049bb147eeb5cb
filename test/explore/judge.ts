/** Holds schedules against the engine's promises, those of the simulator. */
import { brokenRecord, type Judgement, violationsOf } from "../simulation/verdict.ts";
import type { Played } from "./schedule.ts";

/** Ids and what they are made of: nothing is judged by them, so records that differ in them are one. */
const IDS = /"id[P\d.]+"/g;

export class Judge {
  /** What was wrong with the records that were seen: most schedules end with one that was. */
  readonly #known = new Map<string, Promise<string[]>>();

  /** What was wrong with a schedule up to where it was cut, or with all of it. */
  async violationsOf(played: Played): Promise<readonly string[]> {
    const seen = [...played.violations, ...played.company.flatMap((each) => each.violations)];
    if (played.cut || seen.length > 0) return seen;
    return await violationsOf(played, this.#recordOf);
  }

  /** The records that schedules ended with, whoever wrote them. */
  get records(): string[] {
    return [...this.#known.keys()].sort();
  }

  readonly #recordOf: Judgement = (log, head) => {
    const ids = new Map<string, number>();
    const named = JSON.stringify([log, head]).replace(IDS, (id) => {
      const number = ids.get(id) ?? ids.size;
      ids.set(id, number);
      return `#${number}`;
    });
    const known = this.#known.get(named) ?? brokenRecord(log, head);
    this.#known.set(named, known);
    return known;
  };
}
