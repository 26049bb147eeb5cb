import type { Sending } from "../../core/decide/messages.ts";
import { sizeOf } from "../../core/value.ts";

/** What became of a message: it is in the log, it was there already, or it was refused. */
export type Reception = "received" | "duplicate" | Error;

/** A message whose sender waits for its place in the log. */
export interface Incoming {
  sending: Sending;
  /** How many events the log may have. */
  eventLimit: number;
  reception?: Reception;
  /** Whether it was handed to the code, so that its run must go on. */
  isHanded?: boolean;
}

/** The messages that senders of this process have for one run, in the order in which they came. */
export class IncomingMessages {
  readonly #waiting: Incoming[] = [];

  add(incoming: Incoming): void {
    this.#waiting.push(incoming);
  }

  /** Nobody waits for it any more. @returns whether it waited still. */
  remove(incoming: Incoming): boolean {
    const index = this.#waiting.indexOf(incoming);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** The next ones, as many as fit; one at least, if there is any. */
  take(most: number, bytes: number): Incoming[] {
    let left = bytes;
    const end = this.#waiting.findIndex(({ sending }, index) => {
      left -= sizeOf(sending);
      return index > 0 && (index >= most || left < 0);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }
}
