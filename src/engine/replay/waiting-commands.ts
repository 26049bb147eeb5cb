import { type CommandEvent, type PendingCommand, roleOf } from "../../core/commands/index.ts";
import { type Encoded, encode } from "../../core/value.ts";
import { delivered } from "./delivered-errors.ts";
import type { KeptMessages } from "./kept-messages.ts";
import { handled } from "./pending-promises.ts";

/** What no message has. */
const NOTHING = encode(undefined, "Nothing");

/** A command whose promise the code has, and how that is settled. */
interface Waiting {
  pending: PendingCommand;
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Why the last attempt failed, if a cancellation kept it from being retried. */
  cause?: Encoded | undefined;
}

/**
 * The commands that the workflow's code waits for, or may wait for later, in the order in which it
 * issued them.
 */
export class WaitingCommands {
  readonly #messages: KeptMessages;
  readonly #waiting = new Map<number, Waiting>();
  readonly #pending = new Map<number, PendingCommand>();
  readonly #unrecorded = new Map<number, PendingCommand>();
  /** How many of them the code does not wait for yet. */
  #ahead = 0;
  /** Those that are settled in what is to be fed yet. */
  readonly #settledAhead = new Set<number>();

  constructor(messages: KeptMessages) {
    this.#messages = messages;
  }

  /** How many of them the code waits for now. */
  get awaited(): number {
    return this.#waiting.size - this.#ahead;
  }

  /** As they stand at any time. */
  get pending(): ReadonlyMap<number, PendingCommand> {
    return this.#pending;
  }

  /** Those of which the log has said nothing yet. */
  get unrecorded(): ReadonlyMap<number, PendingCommand> {
    return this.#unrecorded;
  }

  /** It will be fed. */
  announce(event: CommandEvent): void {
    if (roleOf(event).does === "settles") this.#settledAhead.add(event.command);
  }

  isSettledAhead(command: number): boolean {
    return this.#settledAhead.has(command);
  }

  /** @returns what the code gets for it. */
  add(pending: PendingCommand): Promise<unknown> {
    const { command } = pending;
    if (pending.window === undefined) this.#ahead += 1;
    this.#pending.set(command, pending);
    this.#unrecorded.set(command, pending);
    return handled(
      new Promise((resolve, reject) => {
        this.#waiting.set(command, { pending, resolve, reject });
      }),
    );
  }

  /** Whether it is issued and not settled, and the code does not wait for it yet. */
  isAhead(command: number): boolean {
    const waiting = this.#waiting.get(command);
    return waiting !== undefined && waiting.pending.window === undefined;
  }

  /** From this window on the code waits for it. */
  await(command: number, window: number): void {
    const waiting = this.#waiting.get(command);
    if (!waiting || !this.isAhead(command)) return;
    this.#ahead -= 1;
    waiting.pending = { ...waiting.pending, window };
    this.#pending.set(command, waiting.pending);
    if (this.#unrecorded.has(command)) this.#unrecorded.set(command, waiting.pending);
  }

  /** The log says something of it. */
  record(command: number): void {
    this.#unrecorded.delete(command);
  }

  /** What an event of a command does to the code, or `undefined` if it does nothing to it. */
  settlement(event: CommandEvent): (() => void) | undefined {
    const { command } = event;
    const waiting = this.#waiting.get(command);
    if (!waiting) return undefined;
    const role = roleOf(event);
    if (role.does === "cancels") waiting.cause = role.cause?.(event) ?? waiting.cause;
    if (role.does !== "settles") return undefined;
    return () => {
      this.#delete(command);
      const payload = role.takes ? this.#messages.take(role.takes(event)) : NOTHING;
      const settlement = role.settle(event, payload);
      if (settlement.type === "resolved") waiting.resolve(settlement.value);
      else waiting.reject(delivered(settlement.error));
    };
  }

  /** What the delivery of a cancellation does to those outside of shields. */
  rejectUnshielded(errorWith: (cause?: Encoded) => Error): void {
    for (const { pending, reject, cause } of [...this.#waiting.values()]) {
      if (pending.shielded) continue;
      this.#delete(pending.command);
      reject(errorWith(cause));
    }
  }

  #delete(command: number): void {
    if (this.isAhead(command)) this.#ahead -= 1;
    this.#waiting.delete(command);
    this.#pending.delete(command);
    this.#unrecorded.delete(command);
    this.#settledAhead.delete(command);
  }
}
