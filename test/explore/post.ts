/** The queue: at least once, in any order, and each message comes back that nobody acknowledges in time. */
import type { Continuation, Message, Scheduler } from "../../src/ports/scheduler.ts";
import type { Counts } from "../simulation/queue.ts";
import type { World } from "../simulation/world.ts";
import type { StagedProcess } from "./staged-process.ts";

export interface Letter {
  /** Made of who sent it, and as which of his: so it depends on nothing that others do. */
  id: string;
  continuation: Continuation;
  /** When it may be handed in, for the first time or once more. */
  dueAt: number;
  deliveries: number;
}

const AGAIN_MS = 1000;

export class Post {
  readonly #world: World;
  readonly #visibilityMs: number;
  readonly #letters = new Set<Letter>();
  readonly #counts = new Map<string, Counts>();
  /** Nothing of what is sent next arrives. */
  #astray = false;

  constructor(world: World, visibilityMs: number) {
    this.#world = world;
    this.#visibilityMs = visibilityMs;
  }

  get isEmpty(): boolean {
    return this.#letters.size === 0;
  }

  get letters(): Iterable<Letter> {
    return this.#letters;
  }

  /** Those that may be handed in now: any of them. */
  get due(): Letter[] {
    return [...this.#letters].filter(({ dueAt }) => dueAt <= this.#world.now);
  }

  countsOf(runId: string): Counts {
    const counts = this.#counts.get(runId) ?? { sent: 0, deliveries: 0, waiting: 0 };
    this.#counts.set(runId, counts);
    return counts;
  }

  schedulerOf(process: StagedProcess): Scheduler {
    return {
      send: (messages) =>
        process.call("scheduler.send", async () => this.#keep(process, messages), {
          shown: () => messages.map(describe).join(" "),
        }),
    };
  }

  /** What is sent while `work` goes on is lost on its way. */
  async losing(work: () => Promise<void> | void): Promise<void> {
    this.#astray = true;
    await work();
    this.#astray = false;
  }

  handOut(letter: Letter): number {
    letter.deliveries += 1;
    letter.dueAt = this.#world.now + this.#visibilityMs;
    this.countsOf(letter.continuation.runId).deliveries += 1;
    return letter.deliveries;
  }

  /** Another copy of it. */
  copy({ id, continuation }: Letter): void {
    this.#put({ id: `${id}'`, continuation });
  }

  /** A receipt is good only until the message is handed out again. */
  acknowledge(letter: Letter, delivery: number): void {
    if (letter.deliveries !== delivery || !this.#letters.delete(letter)) return;
    this.countsOf(letter.continuation.runId).waiting -= 1;
  }

  handBack(letter: Letter, delivery: number): void {
    if (letter.deliveries === delivery) letter.dueAt = this.#world.now + AGAIN_MS * delivery;
  }

  /** Tells two states of the queue apart. */
  get state(): string {
    const words = [...this.#letters].map(
      ({ continuation, dueAt, deliveries }) =>
        `${JSON.stringify(continuation)} ${Math.max(dueAt, this.#world.now)} ${deliveries}`,
    );
    return words.sort().join();
  }

  #keep(sender: StagedProcess, messages: readonly Message[]): void {
    if (this.#astray) {
      this.#world.note(() => `LOST ${messages.map(describe).join(" ")}`);
      return;
    }
    for (const message of messages) this.#put({ id: sender.newLetter(), ...message });
  }

  #put({ id, continuation, delayMs = 0 }: Message & { id: string }): void {
    const dueAt = this.#world.now + Math.ceil(delayMs);
    this.#letters.add({ id, continuation, dueAt, deliveries: 0 });
    const counts = this.countsOf(continuation.runId);
    counts.sent += 1;
    counts.waiting += 1;
  }
}

export function describe({ continuation, delayMs = 0 }: Message): string {
  const { runId: _, ...names } = continuation;
  const words = Object.entries(names).flatMap(([name, value]) =>
    value === undefined ? [] : [value === true ? name : `${name} ${value}`],
  );
  const delay = delayMs > 0 ? [`+${delayMs}ms`] : [];
  return `<${[...(words.length > 0 ? words : ["look"]), ...delay].join(" ")}>`;
}
