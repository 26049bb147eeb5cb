/**
 * What the runs of a family tell each other. A child is born with the entry of its parent's log that says
 * so (S30), and its own closing entry leaves a mark of its end with its parent (S31).
 *
 * S32. `endMarks` is strongly consistent and answers marks that children have left, by their commands,
 *      as many as are asked for if there are so many; each says when it is due, unless its row is cleared.
 * S33. `clearEndMarks` takes away just the marks that are named, with their rows; what is not there is
 *      not made.
 */
import type { Encoded } from "../../core/value.ts";
import type { RunKey } from "./run-head.ts";

export interface ChildStore {
  endMarks(parent: RunKey, limit: number): Promise<KeptMark[]>;
  clearEndMarks(parent: RunKey, commands: readonly number[]): Promise<void>;
}

/** How a child has ended, as its parent is told. */
export interface EndMark {
  /** By which its parent's code asked for it. */
  command: number;
  /** Its run's id. */
  child: string;
  status: "completed" | "failed" | "cancelled" | "terminated";
  /** In which generation it ended, if not in its first. */
  generation?: number;
  /** Of the entry that ends its log, which has the output or error where it does not stand here. */
  position: number;
  output?: Encoded;
  error?: Encoded;
}

/** A mark as it is read. */
export interface KeptMark extends EndMark {
  /** When it is due, if it has a row. */
  dueAt?: number;
}

/** A mark as it is left. */
export interface LeftMark {
  /** With whom. */
  parent: RunKey;
  mark: EndMark;
  /** When the sweep should look, unless the parent has taken it up by then. */
  dueAt: number;
}
