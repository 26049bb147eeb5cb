/** The processes of a schedule: as many as its program wants, or one for each turn. */
import { hash } from "./hash.ts";
import type { Stage } from "./stage.ts";
import { StagedProcess } from "./staged-process.ts";

export class Crew {
  readonly #stage: Stage;
  readonly #most: number | undefined;
  /** In the order in which they came up. */
  readonly processes: StagedProcess[] = [];

  constructor(stage: Stage, most: number | undefined) {
    this.#stage = stage;
    this.#most = most;
  }

  /**
   * Where each turn has a process of its own, that is a new one. Else it is one who is idle, the first of
   * them; or one more, while there may be more; or the first.
   * @param call which turn it is for, by a name that depends on nothing that others do.
   */
  receiver(call: string): StagedProcess {
    const most = this.#most;
    if (most === undefined) return this.#begin(hash(call).toString(36));
    const free = this.processes.filter(({ alive, stalled }) => alive && !stalled);
    const idle = free.find((process) => !this.#stage.isAtWork(process));
    if (idle) return idle;
    const [first] = free;
    return first && free.length >= most ? first : this.#begin(`P${this.processes.length}`);
  }

  /** Those who may yet do something that depends on what they know. */
  get remembering(): StagedProcess[] {
    const isWarm = this.#most !== undefined;
    return this.processes.filter((process) => isWarm || this.#stage.isAtWork(process));
  }

  #begin(name: string): StagedProcess {
    const process = new StagedProcess(this.#stage, name);
    this.processes.push(process);
    return process;
  }
}
