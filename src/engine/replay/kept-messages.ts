import type { SentMessage } from "../../core/commands/command.ts";
import { StoreDamagedError } from "../../core/errors.ts";
import type { EventOf } from "../../core/events.ts";
import type { Encoded } from "../../core/value.ts";

/** What the run was sent, and its code has not received yet. */
export class KeptMessages {
  readonly #payloads = new Map<number, Encoded>();

  keep({ message, payload }: EventOf<"message.received">): void {
    this.#payloads.set(message, payload);
  }

  /** @throws StoreDamagedError if the log has no such message, or somebody took it before. */
  take({ channel, message }: SentMessage): Encoded {
    const payload = this.#payloads.get(message);
    if (payload === undefined) {
      const what = `Message ${message} of channel "${channel}"`;
      throw new StoreDamagedError(what, "the log has it not, or says that it was received before");
    }
    this.#payloads.delete(message);
    return payload;
  }
}
