/**
 * The queue that continuations go through: at least once, in any order. A message comes back when it
 * is not acknowledged in time.
 */
import type { Continuation, Message, Scheduler } from "../../src/ports/scheduler.ts";
import { MAX_DELAY_MS } from "../../src/ports/scheduler.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** How one message travels. */
export interface Journey {
  /** On top of the delay that was asked for. */
  delayMs: number;
  lost: boolean;
  /** Another copy of it, this much later. */
  twinAfterMs: number | undefined;
}

export interface QueueOptions {
  visibilityMs: number;
  journey(continuation: Continuation): Journey;
  /** A process that takes a delivery, or none at the moment. */
  receiver(): Process | undefined;
  turn(process: Process, continuation: Continuation): Promise<void>;
  /** What becomes of a message that was delivered so often. */
  givenUp: { after: number; turn: QueueOptions["turn"] } | undefined;
}

/** Of one run: its messages that were kept, how often one was handed to a process, and what is left. */
export interface Counts {
  sent: number;
  deliveries: number;
  waiting: number;
}

const AGAIN_MS = 1000;
const BUSY_MS = 250;

interface Kept {
  number: number;
  continuation: Continuation;
  acknowledged: boolean;
  deliveries: number;
}

export class Queue {
  readonly #world: World;
  readonly #options: QueueOptions;
  readonly #waiting = new Set<Kept>();
  readonly #counts = new Map<string, Counts>();
  /** How many messages were given up. */
  givenUp = 0;
  #number = 0;

  constructor(world: World, options: QueueOptions) {
    this.#world = world;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** What there was of one run's messages. */
  countsOf(runId: string): Counts {
    const counts = this.#counts.get(runId) ?? { sent: 0, deliveries: 0, waiting: 0 };
    this.#counts.set(runId, counts);
    return counts;
  }

  /** The scheduler that one process sees. */
  schedulerOf(process: Process): Scheduler {
    return {
      maxDelayMs: MAX_DELAY_MS,
      send: (messages) =>
        process.call(
          "scheduler.send",
          async () => {
            for (const message of messages) this.#keep(message);
          },
          {
            shown: () => messages.map(describe).join(" "),
            partly: (part) => {
              for (const message of messages.slice(0, part(messages.length))) this.#keep(message);
            },
          },
        ),
    };
  }

  #keep({ continuation, delayMs = 0 }: Message): void {
    if (delayMs > MAX_DELAY_MS) throw new Error(`a delay of ${delayMs} ms`);
    const { delayMs: way, lost, twinAfterMs } = this.#options.journey(continuation);
    if (lost) {
      this.#world.note(() => `LOST ${describe({ continuation })}`);
      return;
    }
    for (const later of twinAfterMs === undefined ? [0] : [0, twinAfterMs]) {
      this.bring(continuation, delayMs + way + later);
    }
  }

  /** A message that is not lost on its way. */
  bring(continuation: Continuation, delayMs: number): void {
    const kept = { number: this.#number++, continuation, acknowledged: false, deliveries: 0 };
    const counts = this.countsOf(continuation.runId);
    counts.sent += 1;
    counts.waiting += 1;
    this.#waiting.add(kept);
    this.#world.after(delayMs, () => this.#deliver(kept));
  }

  #deliver(kept: Kept): void {
    if (kept.acknowledged) return;
    const process = this.#options.receiver();
    if (!process) {
      this.#world.after(BUSY_MS, () => this.#deliver(kept));
      return;
    }
    this.countsOf(kept.continuation.runId).deliveries += 1;
    kept.deliveries += 1;
    const delivery = kept.deliveries;
    const isLast = (): boolean => kept.deliveries === delivery;
    const again = (): void => {
      if (isLast()) this.#deliver(kept);
    };
    this.#world.note(() => `${process.name} receives #${kept.number} ${describe(kept)}`);
    this.#world.after(this.#options.visibilityMs, again);
    process.turns += 1;
    this.#turnFor(kept)(process, kept.continuation)
      .then(
        () =>
          process.call("queue.ack", async () => this.#acknowledge(kept, delivery), {
            shown: () => `#${kept.number}`,
          }),
        (error: unknown) => {
          this.#world.note(() => `${process.name} fails #${kept.number}: ${error}`);
          this.#world.after(AGAIN_MS * delivery, again);
        },
      )
      .catch(() => {})
      .finally(() => {
        process.turns -= 1;
      });
  }

  /** What is delivered once too often is given up: the messages that are are looked at otherwise. */
  #turnFor({ number, deliveries }: Kept): QueueOptions["turn"] {
    const { turn, givenUp } = this.#options;
    if (!givenUp || deliveries <= givenUp.after) return turn;
    if (deliveries === givenUp.after + 1) this.givenUp += 1;
    this.#world.note(() => `#${number} is given up`);
    return givenUp.turn;
  }

  /** A receipt is good only until the message is delivered again. */
  async #acknowledge(kept: Kept, delivery: number): Promise<void> {
    if (kept.deliveries !== delivery) return;
    kept.acknowledged = true;
    this.#waiting.delete(kept);
    this.countsOf(kept.continuation.runId).waiting -= 1;
  }
}

function describe({ continuation, delayMs = 0 }: Message): string {
  const { task, claim, sweep } = continuation;
  const words = [
    task === undefined ? "look" : `task ${task}`,
    claim !== undefined && `claim ${claim}`,
    sweep && "by the sweep",
    delayMs > 0 && `+${delayMs}ms`,
  ];
  return `<${words.filter(Boolean).join(" ")}>`;
}
