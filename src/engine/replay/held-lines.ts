/**
 * What workflow code logs. Each line is written once, by the process whose entry brought the code
 * there, as soon as that entry is in the log: what is appended by another was logged by that one, and
 * what loses its race was never said. A process that dies in between writes nothing.
 */
import type { Logger } from "../../ports/logger.ts";
import { snapshot } from "./snapshot.ts";

/** What becomes of a line that the code logs now. */
export type Saying = "hold" | "say" | "hush";

/** Code that logs more than this in one go is not held back any longer. */
const MOST_HELD = 1_000;

export class HeldLines {
  #held: (() => void)[] = [];

  /** The logger of workflow code. */
  logger(logger: Logger, saying: () => Saying): Logger {
    const log =
      (level: "debug" | "info" | "warn" | "error") =>
      (message: string, fields?: Record<string, unknown>): void => {
        const how = saying();
        if (how === "say") logger[level](message, fields);
        if (how !== "hold") return;
        // As they are now: the code may go on to change them.
        const said = fields && snapshot(fields);
        this.#held.push(() => logger[level](message, said));
        if (this.#held.length >= MOST_HELD) this.say();
      };
    return {
      debug: log("debug"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
      child: (fields) => this.logger(logger.child(fields), saying),
    };
  }

  /** What the code has seen is in the log. */
  say(): void {
    const held = this.#held;
    this.#held = [];
    for (const write of held) write();
  }

  /** Others have brought the code there. */
  drop(): void {
    this.#held = [];
  }
}
