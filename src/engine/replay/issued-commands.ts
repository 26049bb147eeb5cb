/** What the code has issued at each position, for the log to be held against it. */
import { FIRST_INHERITED } from "../../core/commands/child.ts";
import { type CommandEvent, labelIn } from "../../core/commands/index.ts";
import { NonDeterminismError } from "../../core/errors.ts";

/** What the log and the code must agree on at a position. */
interface Issued {
  what: string;
  shielded: boolean;
}

export class IssuedCommands {
  readonly #issued: Issued[] = [];

  /** @returns its position. */
  add(issued: Issued): number {
    return this.#issued.push(issued) - 1;
  }

  /** @returns what is at odds with the log's record of a command. */
  contradiction(event: CommandEvent): NonDeterminismError | undefined {
    const { command: position, shielded } = event;
    // A generation before has issued it.
    if (position >= FIRST_INHERITED) return undefined;
    const recorded = { what: labelIn(event), shielded };
    const issued = this.#issued[position];
    if (issued?.what === recorded.what && issued.shielded === shielded) return undefined;
    const isMoved = issued?.what === recorded.what;
    const name = (it: Issued): string => (isMoved ? `${it.what} ${whereabouts(it)}` : it.what);
    const got = issued ? name(issued) : "nothing";
    return new NonDeterminismError({ position, expected: name(recorded), got });
  }
}

function whereabouts({ shielded }: Issued): string {
  return shielded ? "inside a shield" : "outside of any shield";
}
