import type { AnyWorkflow } from "../authoring/workflow.ts";
import { ConfigurationError, WorkflowNotFoundError } from "../core/errors.ts";
import { compareVersions } from "../core/versions.ts";

/** The workflows of one engine, by name and version. */
export class Registry<W extends AnyWorkflow> {
  readonly all: readonly W[];
  readonly #byName = new Map<string, W[]>();

  /** @throws ConfigurationError when two have the same name and version, or one is none. */
  constructor(workflows: readonly W[]) {
    this.all = [...workflows];
    for (const [index, workflow] of workflows.entries()) {
      if (typeof workflow?.run !== "function") {
        throw new ConfigurationError(
          `Of the workflows given to createEngine, number ${index + 1} is none. Pass what workflow() returns, and look for modules that import each other: what they export may not be there yet.`,
        );
      }
      const versions = this.#byName.get(workflow.name) ?? [];
      if (versions.some(({ version }) => version === workflow.version)) {
        throw new ConfigurationError(
          `Workflow "${workflow.name}" version "${workflow.version}" is registered twice. Give one of them another name or version.`,
        );
      }
      versions.push(workflow);
      versions.sort((a, b) => compareVersions(b.version, a.version));
      this.#byName.set(workflow.name, versions);
    }
  }

  /** The newest version of a workflow. @throws WorkflowNotFoundError */
  newest(name: string): W {
    const [newest] = this.#byName.get(name) ?? [];
    if (newest) return newest;
    throw new WorkflowNotFoundError({ workflow: name, known: [...this.#byName.keys()] });
  }

  find(name: string, version: string): W | undefined {
    return this.#byName.get(name)?.find((each) => each.version === version);
  }

  /** The version a run was started with. @throws WorkflowNotFoundError */
  version(name: string, version: string): W {
    const found = this.find(name, version);
    if (found) return found;
    const known = this.all.map((each) => `${each.name}@${each.version}`);
    throw new WorkflowNotFoundError({ workflow: name, version, known });
  }
}
