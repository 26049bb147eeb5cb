import type { LogEvent } from "../../src/core/events.ts";

/** The receives of a run that wait for messages, as far as was seen. */
export class OpenReceives {
  readonly #open = new Map<number, { channel: string; shielded: boolean }>();
  #isAsked = false;

  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  /** The channels on which somebody may still send something that is received. */
  get waited(): Set<string> {
    const free = [...this.#open.values()].filter(({ shielded }) => shielded || !this.#isAsked);
    return new Set(free.map(({ channel }) => channel));
  }

  saw(event: LogEvent): void {
    switch (event.type) {
      case "receive.started":
        this.#open.set(event.command, event);
        break;
      case "receive.completed":
      case "receive.expired":
      case "receive.cancelled":
        this.#open.delete(event.command);
        break;
      case "cancellation.requested":
        this.#isAsked = true;
        break;
      case "cancellation.delivered":
        for (const [command, { shielded }] of this.#open) {
          if (!shielded) this.#open.delete(command);
        }
        break;
      default:
    }
  }
}
