/**
 * What a workflow's code hears of a cancellation: nothing at the request, then the delivery, and from
 * there on a rejection at every unshielded checkpoint.
 */
import type { CancellationNews } from "../../authoring/context.ts";
import type { CancellationError } from "../../core/errors.ts";
import type { EventOf } from "../../core/events.ts";
import type { Encoded } from "../../core/value.ts";
import { cancellationOf } from "./delivered-errors.ts";
import { handled, never } from "./pending-promises.ts";

/** Code that swallows this many cancellations one after the other, without a pause, does so for ever. */
const MOST_ROUNDS = 10_000;
/** So does code with many branches that has come back for this many more than a few times. */
const MOST_REJECTIONS = 100_000;
const FEW_ROUNDS = 10;

export class WorkflowCancellation {
  readonly #runId: string;
  readonly #abort = new AbortController();
  #request: CancellationNews | undefined;
  #delivered = false;
  /** Rejects the calls of `checkCancellation()` that wait for the delivery. */
  #checks: { window: number; reject(error: Error): void }[] = [];
  /** What was rejected in this delivery, and in how many rounds: what is asked for at once is one. */
  #rejections = 0;
  #rounds = 0;
  #isRoundOpen = false;

  constructor(runId: string) {
    this.#runId = runId;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isDelivered(): boolean {
    return this.#delivered;
  }

  /** What the code may know. */
  get news(): CancellationNews | undefined {
    return this.#delivered ? this.#request : undefined;
  }

  /** The windows in which they were called. */
  get waitingChecks(): number[] {
    return this.#checks.map(({ window }) => window);
  }

  /** Whether the code swallows cancellations in a loop. */
  get isRunaway(): boolean {
    if (this.#rounds > MOST_ROUNDS) return true;
    return this.#rounds > FEW_ROUNDS && this.#rejections > MOST_REJECTIONS;
  }

  request({ reason, requestedBy, requestedAt }: EventOf<"cancellation.requested">): void {
    this.#request = {
      ...(reason === undefined ? {} : { reason }),
      ...(requestedBy === undefined ? {} : { requestedBy }),
      requestedAt: new Date(requestedAt),
    };
  }

  /** @param rejectCommands rejects what waits, before the checks. */
  deliver(rejectCommands: (errorWith: (cause?: Encoded) => CancellationError) => void): void {
    this.#delivered = true;
    this.#abort.abort(this.#error());
    rejectCommands((cause) => this.#error(cause));
    const checks = this.#checks;
    this.#checks = [];
    for (const { reject } of checks) reject(this.#error());
  }

  /** What an unshielded `checkCancellation()` comes to. */
  check(window: number): Promise<void> {
    if (!this.#request) return Promise.resolve();
    if (this.#delivered) return this.reject();
    return handled(new Promise((_, reject) => this.#checks.push({ window, reject })));
  }

  /** What an unshielded checkpoint comes to, once it is delivered. */
  reject(): Promise<never> {
    this.#rejections += 1;
    this.#openRound();
    return this.isRunaway ? never() : handled(Promise.reject(this.#error()));
  }

  /** Something else was delivered to the code, so it paused. */
  paused(): void {
    if (this.isRunaway) return;
    this.#rejections = 0;
    this.#rounds = 0;
  }

  /** Whoever awaits a rejection comes back only after the microtask that ends its round. */
  #openRound(): void {
    if (this.#isRoundOpen) return;
    this.#isRoundOpen = true;
    this.#rounds += 1;
    queueMicrotask(() => {
      this.#isRoundOpen = false;
    });
  }

  #error(cause?: Encoded): CancellationError {
    return cancellationOf(this.#runId, this.#request, cause);
  }
}
