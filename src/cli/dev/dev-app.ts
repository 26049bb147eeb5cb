import { createLocalScheduler } from "../../adapters/local/index.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { createEngine, type Engine, type Store } from "../../engine/index.ts";
import { createApp } from "../../http/index.ts";

/**
 * An app whose workflows can be exchanged while it runs. Store and scheduler stay, so no run and no
 * message is lost: turns that are at work end in the engine they began in, the next go to the new one.
 */
export class DevApp {
  readonly #store: Store;
  readonly #token: string;
  readonly #scheduler = createLocalScheduler();
  #engine: Engine;
  #app: ReturnType<typeof createApp>;

  constructor(store: Store, token: string, workflows: readonly AnyWorkflow[]) {
    this.#store = store;
    this.#token = token;
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
    const engine = createEngine({ workflows, store: this.#store, scheduler: this.#scheduler });
    return [engine, createApp({ engine, auth: { tokens: [this.#token] } })];
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
