/** What the services say that an engine stands on: its store and its scheduler. */

import { messageOf } from "../thrown.ts";
import { DetentError } from "./detent-error.ts";

/** A store refuses to work as it is set up; trying again does not help. */
export class StoreRefusedError extends DetentError<"store.refused" | "store.tableMissing"> {}

/** Something is kept that no version of this package wrote. */
export class StoreDamagedError extends DetentError<"store.damaged"> {
  constructor(what: string, why: string, cause?: unknown) {
    super(
      "store.damaged",
      `${what} cannot be read: ${why}. Something else changed or deleted it, or a newer version of this package wrote it: restore it, or deploy that version.`,
      { cause },
    );
  }
}

/** The store gave no answer. The same call may be made again; nothing is half-written. */
export class StoreUnavailableError extends DetentError<"store.unavailable"> {
  constructor(operation: string, cause: unknown, why = messageOf(cause)) {
    super(
      "store.unavailable",
      `The store did not answer (${operation}): ${why}. Try again; nothing was half-written.`,
      { cause },
    );
  }
}

/** The scheduler did not take every message; some may have been kept, which does no harm. */
export class SchedulerUnavailableError extends DetentError<"scheduler.unavailable"> {
  constructor(what: string, cause: unknown, why = messageOf(cause)) {
    super(
      "scheduler.unavailable",
      `${what} did not take every message: ${why}. Try again; a message that is kept twice does no harm.`,
      { cause },
    );
  }
}
