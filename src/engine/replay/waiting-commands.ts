import { type CommandEvent, type PendingCommand, roleOf } from "../../core/commands/index.ts";
import { type Encoded, encode } from "../../core/value.ts";
import { delivered } from "./delivered-errors.ts";
import type { KeptMessages } from "./kept-messages.ts";
import { handled } from "./pending-promises.ts";

/** What no message has. */
const NOTHING = encode(undefined, "Nothing");

interface Settling {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A command whose promise the code has, and how that is settled. */
interface Waiting extends Settling {
  pending: PendingCommand;
  /** What the code waits for first, of a command that it is told of before that is over. */
  begun?: Settling;
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
    const { promise, settling } = promised();
    this.#waiting.set(command, { pending, ...settling });
    return promise;
  }

  /** The same of a command that the code is told of before it is over: it waits for that first. */
  addInTwo(pending: PendingCommand): { begun: Promise<unknown>; ended: Promise<unknown> } {
    const ended = this.add(pending);
    const waiting = this.#waiting.get(pending.command);
    const { promise: begun, settling } = promised();
    if (waiting) waiting.begun = settling;
    return { begun, ended };
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
    if (role.does === "opens" && role.tells && waiting.begun) {
      const told = role.tells(event);
      return () => this.#tell(waiting, told);
    }
    if (role.does !== "settles") return undefined;
    return () => {
      this.#delete(command);
      const payload = role.takes ? this.#messages.take(role.takes(event)) : NOTHING;
      const settlement = role.settle(event, payload);
      const { resolve, reject } = waiting.begun ?? waiting;
      if (settlement.type === "resolved") resolve(settlement.value);
      else reject(delivered(settlement.error));
    };
  }

  /** What the delivery of a cancellation does to those outside of shields. */
  rejectUnshielded(errorWith: (cause?: Encoded) => Error): void {
    for (const { pending, begun, reject, cause } of [...this.#waiting.values()]) {
      if (pending.shielded) continue;
      this.#delete(pending.command);
      const error = errorWith(cause);
      begun?.reject(error);
      reject(error);
    }
  }

  /** From here on the code has it, and waits for its end only if it says so. */
  #tell(waiting: Waiting, told: unknown): void {
    const { pending, begun } = waiting;
    if (pending.window !== undefined) this.#ahead += 1;
    waiting.pending = { ...pending, window: undefined };
    this.#pending.set(pending.command, waiting.pending);
    delete waiting.begun;
    begun?.resolve(told);
  }

  #delete(command: number): void {
    if (this.isAhead(command)) this.#ahead -= 1;
    this.#waiting.delete(command);
    this.#pending.delete(command);
    this.#unrecorded.delete(command);
    this.#settledAhead.delete(command);
  }
}

function promised(): { promise: Promise<unknown>; settling: Settling } {
  let settling: Settling = { resolve() {}, reject() {} };
  const promise = new Promise((resolve, reject) => {
    settling = { resolve, reject };
  });
  return { promise: handled(promise), settling };
}
