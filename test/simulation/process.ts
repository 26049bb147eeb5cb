/**
 * One process of the simulated fleet: its clock, and its calls to what is outside of it. It may
 * stand still, and it may die: then nothing of what it waits for ever comes, and its later calls
 * have no effect.
 */
import { StoreUnavailableError } from "../../src/core/errors.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { World } from "./world.ts";

/** A call to the store (`store.log.append`), the scheduler (`scheduler.send`) or the queue (`queue.ack`). */
export interface Call {
  process: Process;
  name: string;
}

export type Fate =
  | "done"
  /** No effect, and an error. */
  | "refused"
  /** The effect, and an error. */
  | "answerLost"
  | "diesBefore"
  | "diesAfter";

/** What becomes of each call, and how long it takes. */
export interface Fortune {
  fateOf(call: Call): Fate;
  /** One way, in milliseconds. */
  latencyOf(call: Call): number;
  /** Of so many things in a refused call, how many are kept all the same. */
  partOf?(count: number): number;
  /** Something went wrong, after which the run may need help. */
  mishap?(): void;
}

/** What a trace shows of a call, and what of it happens although it is refused. */
export interface CallOptions {
  shown?: () => string;
  /** @param part says of how many how many. */
  partly?: (part: (count: number) => number) => void;
}

export class Process {
  readonly name: string;
  readonly world: World;
  alive = true;
  /** By how much its clock is ahead. */
  offsetMs: number;
  /** How many turns it is at. */
  turns = 0;
  /** Which deployment it is of. */
  readonly edition: number;
  #stalledUntil = 0;
  readonly #fortune: Fortune;
  readonly #expected: { name: string; resolve: () => void }[] = [];

  constructor(
    world: World,
    fortune: Fortune,
    { name, offsetMs, edition }: Pick<Process, "name" | "offsetMs" | "edition">,
  ) {
    this.world = world;
    this.name = name;
    this.offsetMs = offsetMs;
    this.edition = edition;
    this.#fortune = fortune;
  }

  readonly clock: Clock = {
    now: () => this.world.now + this.offsetMs,
    after: (delayMs, callback) => {
      let cancelled = false;
      this.wake(delayMs, () => {
        if (!cancelled) callback();
      });
      return () => {
        cancelled = true;
      };
    },
  };

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.wake(ms, resolve));
  }

  /** Something that happens to this process: late if it stands still, never if it is dead. */
  wake(delayMs: number, run: () => void): void {
    const arrive = (): void => {
      if (!this.alive) return;
      const left = this.#stalledUntil - this.world.now;
      if (left > 0) this.world.after(left, arrive);
      else run();
    };
    this.world.after(delayMs, arrive);
  }

  stall(ms: number): void {
    this.world.note(() => `${this.name} stands still for ${ms} ms`);
    this.#fortune.mishap?.();
    this.#stalledUntil = Math.max(this.#stalledUntil, this.world.now + ms);
  }

  die(why: string): void {
    if (!this.alive) return;
    this.world.note(() => `${this.name} DIES ${why}`);
    this.alive = false;
    this.#fortune.mishap?.();
  }

  /** Resolves when the next call of this name is made. */
  nextCall(name: string): Promise<void> {
    return new Promise((resolve) => this.#expected.push({ name, resolve }));
  }

  /** A call to the outside: there, its effect, and back. */
  call<T>(
    name: string,
    effect: () => Promise<T>,
    { shown = () => "", partly = () => {} }: CallOptions = {},
  ): Promise<T> {
    const call = { process: this, name };
    const expected = this.#expected.findIndex((each) => each.name === name);
    if (expected >= 0) this.#expected.splice(expected, 1)[0]?.resolve();
    return new Promise<T>((resolve, reject) => {
      if (!this.alive) return;
      const fate = this.#fortune.fateOf(call);
      this.world.after(this.#fortune.latencyOf(call), () => {
        if (!this.alive) return;
        if (fate === "diesBefore") return this.die(`before ${name} ${shown()}`);
        const note = fate === "done" ? "" : ` [${fate}]`;
        this.world.note(() => `${this.name} ${name} ${shown()}${note}`);
        if (fate !== "done") this.#fortune.mishap?.();
        if (fate === "refused") partly((count) => this.#fortune.partOf?.(count) ?? 0);
        const answer = fate === "refused" ? undefined : effect();
        if (answer !== undefined) this.world.await(answer);
        answer?.catch(() => {});
        if (fate === "diesAfter") return this.die(`after ${name}`);
        this.wake(this.#fortune.latencyOf(call), () => {
          if (fate === "done" && answer !== undefined) answer.then(resolve, reject);
          else reject(new StoreUnavailableError(name, new Error(fate)));
        });
      });
    });
  }
}
