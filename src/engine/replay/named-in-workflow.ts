/** What a workflow's definition names besides its code: patches and channels. Asking for others is a fault. */
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { ChannelNotFoundError, UnknownPatchError } from "../../core/errors.ts";
import type { DeliveryWindow } from "./delivery-window.ts";

export class NamedInWorkflow {
  readonly #workflow: AnyWorkflow;
  readonly #window: DeliveryWindow;
  /** Those that the log began with. */
  #patches: ReadonlySet<string> = new Set();

  constructor(workflow: AnyWorkflow, window: DeliveryWindow) {
    this.#workflow = workflow;
    this.#window = window;
  }

  begin(patches: readonly string[]): void {
    this.#patches = new Set(patches);
  }

  /** @throws UnknownPatchError, which is a fault whatever the code makes of it. */
  patched(id: string): boolean {
    if (this.#patches.has(id)) return true;
    const { name, patches } = this.#workflow;
    if (patches.includes(id)) return false;
    this.#window.mustBeOpen(`The workflow asked for patched("${id}")`);
    const unknown = new UnknownPatchError({ workflow: name, patch: id });
    this.#window.fail(unknown);
    throw unknown;
  }

  /** @throws ChannelNotFoundError, which is a fault whatever the code makes of it. */
  requireChannel(channel: string): void {
    const { name: workflow, channels } = this.#workflow;
    const known = channels.map(({ name }) => name);
    if (known.includes(channel)) return;
    this.#window.mustBeOpen(`The workflow received from channel "${channel}"`);
    const unknown = new ChannelNotFoundError({ workflow, channel, known });
    this.#window.fail(unknown);
    throw unknown;
  }
}
