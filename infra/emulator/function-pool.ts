/** The instances of one function: started on demand, reused while they live, and never too many. */
import { checkEvent, FunctionError, FunctionInstance, type InstanceOptions } from "./instance.ts";

export interface PoolOptions extends Omit<InstanceOptions, "skewMs"> {
  /** How many instances there may be at once; events beyond that wait for one. */
  most: number;
  /** By how much the clock of the next instance is ahead. */
  nextSkewMs(): number;
}

export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #instances = new Set<FunctionInstance>();
  readonly #waiting: (() => void)[] = [];
  #atWork = 0;
  #ended = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get most(): number {
    return this.#options.most;
  }

  get instances(): readonly FunctionInstance[] {
    return [...this.#instances].filter(({ alive }) => alive);
  }

  /** @throws FunctionError, EventTooLargeError */
  async invoke(event: unknown): Promise<unknown> {
    checkEvent(event);
    if (this.#atWork >= this.most) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#atWork += 1;
    try {
      return await this.#take().invoke(event);
    } finally {
      // Who waits takes the place over.
      const go = this.#waiting.shift();
      if (go) go();
      else this.#atWork -= 1;
    }
  }

  /** Kills them all. What comes now, or waits, fails. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#instances].map((instance) => instance.end()));
  }

  #take(): FunctionInstance {
    if (this.#ended) throw new FunctionError("The function is not there any more.");
    for (const instance of this.#instances) {
      if (!instance.alive) this.#instances.delete(instance);
      else if (!instance.busy) return instance;
    }
    const { output, nextSkewMs } = this.#options;
    const instance: FunctionInstance = new FunctionInstance({
      ...this.#options,
      skewMs: nextSkewMs(),
      output: (line) => output(`${this.name} ${instance.pid} | ${line}`),
    });
    this.#instances.add(instance);
    return instance;
  }
}
