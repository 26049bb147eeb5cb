import { createLocalScheduler } from "../../adapters/local/index.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { createEngine, type Engine, type Store } from "../../engine/index.ts";
import { createApp } from "../../http/index.ts";
import { createDevLog, type DevLog, type DevLogOptions } from "./dev-log.ts";

interface DevAppOptions {
  store: Store;
  token: string;
  /** How it tells of runs. */
  log: Omit<DevLogOptions, "errorOf">;
}

/**
 * An app whose workflows can be exchanged while it runs. Store and scheduler stay, so no run and no
 * message is lost: turns that are at work end in the engine they began in, the next go to the new one.
 */
export class DevApp {
  readonly #store: Store;
  readonly #token: string;
  readonly #log: DevLog;
  readonly #scheduler = createLocalScheduler();
  #engine: Engine;
  #app: ReturnType<typeof createApp>;

  constructor(workflows: readonly AnyWorkflow[], { store, token, log }: DevAppOptions) {
    this.#store = store;
    this.#token = token;
    this.#log = createDevLog({
      ...log,
      errorOf: async (runId) => (await this.#engine.getRun(runId)).error,
    });
    [this.#engine, this.#app] = this.#build(workflows);
    this.#scheduler.start({
      turn: (continuation) => this.#engine.turn(continuation),
      sweep: () => this.#engine.sweep(),
    });
  }

  /** @throws ConfigurationError when two of them are the same; then nothing has changed. */
  exchange(workflows: readonly AnyWorkflow[]): void {
    [this.#engine, this.#app] = this.#build(workflows);
  }

  #build(workflows: readonly AnyWorkflow[]): [Engine, ReturnType<typeof createApp>] {
    const { logger, observer } = this.#log;
    const [store, scheduler] = [this.#store, this.#scheduler];
    // Nobody else works on these runs, so nothing is left to others.
    const engine = createEngine({ workflows, store, scheduler, logger, observer, handOver: 0 });
    return [engine, createApp({ engine, auth: { tokens: [this.#token] }, logger })];
  }

  get workflows(): readonly AnyWorkflow[] {
    return this.#engine.workflows;
  }

  async fetch(request: Request): Promise<Response> {
    return await this.#app.fetch(request);
  }

  /** Lets the turns in flight finish. */
  async stop(): Promise<void> {
    await this.#scheduler.stop();
  }
}
