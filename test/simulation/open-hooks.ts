import type { LogEvent } from "../../src/core/events.ts";

/** The hooks of a run that somebody outside may answer, as far as was seen. */
export class OpenHooks {
  /** By command, whether each is shielded. */
  readonly #open = new Map<number, boolean>();

  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  saw(event: LogEvent): void {
    switch (event.type) {
      case "hook.created":
        this.#open.set(event.command, event.shielded);
        break;
      case "hook.received":
      case "hook.expired":
      case "hook.cancelled":
        this.#open.delete(event.command);
        break;
      case "cancellation.delivered":
        for (const [command, shielded] of this.#open) if (!shielded) this.#open.delete(command);
        break;
      default:
    }
  }
}
