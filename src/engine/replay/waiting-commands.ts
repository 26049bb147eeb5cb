import type { PendingCommand } from "../../core/commands/index.ts";
import type { Encoded } from "../../core/value.ts";

/** A command whose promise the code has, and how that is settled. */
export interface Waiting {
  pending: PendingCommand;
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Why the last attempt failed, if a cancellation kept it from being retried. */
  cause?: Encoded | undefined;
}

/** The commands that the workflow's code waits for, in the order in which it issued them. */
export class WaitingCommands {
  readonly #waiting = new Map<number, Waiting>();
  readonly #pending = new Map<number, PendingCommand>();
  readonly #unrecorded = new Map<number, PendingCommand>();

  get size(): number {
    return this.#waiting.size;
  }

  /** As they stand at any time. */
  get pending(): ReadonlyMap<number, PendingCommand> {
    return this.#pending;
  }

  /** Those of which the log has said nothing yet. */
  get unrecorded(): ReadonlyMap<number, PendingCommand> {
    return this.#unrecorded;
  }

  get(command: number): Waiting | undefined {
    return this.#waiting.get(command);
  }

  add(waiting: Waiting): void {
    const { pending } = waiting;
    this.#waiting.set(pending.command, waiting);
    this.#pending.set(pending.command, pending);
    this.#unrecorded.set(pending.command, pending);
  }

  /** The log says something of it. */
  record(command: number): void {
    this.#unrecorded.delete(command);
  }

  /** It is about to be settled. */
  delete(command: number): void {
    this.#waiting.delete(command);
    this.#pending.delete(command);
    this.#unrecorded.delete(command);
  }

  unshielded(): Waiting[] {
    return [...this.#waiting.values()].filter(({ pending }) => !pending.shielded);
  }
}
