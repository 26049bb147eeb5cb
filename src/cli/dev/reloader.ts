import type { DevApp } from "./dev-app.ts";
import type { ModuleLoader } from "./module-loader.ts";
import { watchFiles } from "./watch-files.ts";

interface Listeners {
  loaded(): void;
  /** What runs goes on as it was. */
  failed(error: unknown): void;
}

/** Loads the workflows again when they change: one load at a time, and the last change counts. */
export class Reloader {
  readonly #loader: ModuleLoader;
  readonly #app: DevApp;
  readonly #listeners: Listeners;
  #unwatch: () => void;
  #busy = false;
  #changed = false;

  constructor(loader: ModuleLoader, app: DevApp, listeners: Listeners) {
    this.#loader = loader;
    this.#app = app;
    this.#listeners = listeners;
    this.#unwatch = this.#watch();
  }

  stop(): void {
    this.#unwatch();
  }

  #watch(): () => void {
    return watchFiles(this.#loader.files, () => {
      this.#changed = true;
      if (!this.#busy) void this.#reload();
    });
  }

  async #reload(): Promise<void> {
    this.#busy = true;
    while (this.#changed) {
      this.#changed = false;
      try {
        this.#app.exchange(await this.#loader.load());
        this.#listeners.loaded();
      } catch (error) {
        this.#listeners.failed(error);
      }
    }
    this.#busy = false;
    // It may import other files now.
    this.#unwatch();
    this.#unwatch = this.#watch();
  }
}
