import { sep } from "node:path";
import { createJiti } from "jiti";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { isError, textOf } from "../../core/thrown.ts";
import { EXIT, Failure } from "../failure.ts";
import { userFrames } from "./user-frames.ts";
import { workflowsIn } from "./workflows-in.ts";

/**
 * Loads the user's module and what it imports, TypeScript as it is, as often as wanted.
 * What lies in `node_modules` is loaded once, by Node itself.
 */
export class ModuleLoader {
  readonly #file: string;
  readonly #jiti;
  readonly #files = new Set<string>();

  constructor(file: string) {
    this.#file = file;
    this.#jiti = createJiti(file, { tsconfigPaths: true, sourceMaps: true });
    this.#files.add(file);
  }

  /** Every file that was loaded, this time or before: what a change of may matter. */
  get files(): ReadonlySet<string> {
    return this.#files;
  }

  /** @throws Failure when it does not load, or has no workflows. */
  async load(): Promise<AnyWorkflow[]> {
    const { cache } = this.#jiti;
    for (const path of Object.keys(cache)) if (isOwn(path)) delete cache[path];
    try {
      const module = await this.#jiti.import(this.#file);
      return workflowsIn(Object(module), this.#file);
    } catch (error) {
      throw error instanceof Failure ? error : notLoaded(this.#file, error);
    } finally {
      for (const path of Object.keys(cache)) if (isOwn(path)) this.#files.add(path);
    }
  }
}

function isOwn(path: string): boolean {
  return !path.includes(`${sep}node_modules${sep}`);
}

function notLoaded(file: string, thrown: unknown): Failure {
  const { name, message, stack } = isError(thrown) ? thrown : new Error(textOf(thrown));
  const said = message.replace(/[\s\u00a0]+/g, " ").trim();
  return new Failure(
    EXIT.failed,
    "module.failed",
    [
      `${file} cannot be loaded.`,
      /^\w*Error: /.test(said) ? said : `${name}: ${said}`,
      ...userFrames(stack),
      "Mend it, and save it.",
    ].join("\n"),
  );
}
