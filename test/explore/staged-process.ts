/**
 * A process whose every call, timer and step waits until the stage lets it go on. What it knows follows
 * from what it was told, and in which order: so that order says in which state it is.
 */
import { StoreUnavailableError } from "../../src/core/errors.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { type CallOptions, type Fate, type Fortune, Process } from "../simulation/process.ts";
import { hash } from "./hash.ts";
import type { Stage } from "./stage.ts";
import { currentThread, type Thread } from "./threads.ts";

/** What somebody waits for. */
export interface Pending {
  /** `pause` is a step that executes: nobody knows for how long. */
  kind: "call" | "timer" | "pause";
  thread: Thread;
  name: string;
  /** When it may happen. */
  at: number;
  happen(fate: Fate): Promise<void> | void;
}

/** A step that takes less is over whenever the schedule says; one that takes longer, when its time is. */
const SOME_TIME_MS = 1000;

const CERTAIN: Fortune = { fateOf: () => "done", latencyOf: () => 0 };

export class StagedProcess extends Process {
  readonly #stage: Stage;
  /** Stands for all that it was told so far. */
  history = 0;
  /** It stands still, for as long as the schedule says. */
  stalled = false;
  #threads = 0;
  #letters = 0;
  #waited = 0;
  readonly #expected = new Map<string, () => void>();

  constructor(stage: Stage, name: string) {
    super(stage, CERTAIN, { name, offsetMs: 0, edition: 0 });
    this.#stage = stage;
  }

  begin(): number {
    return this.#threads++;
  }

  newLetter(): string {
    return `${this.name}.${this.#letters++}`;
  }

  /** It knows more from here on. */
  learn(what: string): void {
    this.history = hash(`${this.history} ${this.world.now} ${what}`);
  }

  override readonly clock: Clock = {
    now: () => this.world.now,
    after: (delayMs, callback) =>
      this.#await("timer", { name: "a timer", delayMs: Math.max(0, Math.ceil(delayMs)) }, callback),
  };

  override pause(ms: number): Promise<void> {
    const delayMs = ms < SOME_TIME_MS ? 0 : ms;
    return new Promise(
      (resolve) => void this.#await("pause", { name: "the step's code", delayMs }, resolve),
    );
  }

  override nextCall(name: string): Promise<void> {
    return new Promise((resolve) => this.#expected.set(name, resolve));
  }

  override call<T>(
    name: string,
    effect: () => Promise<T>,
    { shown = () => "" }: CallOptions = {},
  ): Promise<T> {
    const thread = currentThread();
    const as = `${this.#waited++} ${name}`;
    this.#expected.get(name)?.();
    return new Promise<T>((resolve, reject) => {
      if (!this.alive) return;
      const happen = async (fate: Fate): Promise<void> => {
        const note = fate === "done" ? "" : ` [${fate}]`;
        this.world.note(() => `${this.name} ${name} ${shown()}${note}`);
        const answer = fate === "refused" ? undefined : await outcomeOf(effect);
        if (answer && fate === "done") {
          this.learn(`${as} ${"error" in answer ? answer.error : JSON.stringify(answer.value)}`);
          if ("error" in answer) reject(answer.error);
          else resolve(answer.value);
          return;
        }
        this.learn(`${as} without an answer`);
        reject(new StoreUnavailableError(name, new Error(fate)));
      };
      this.#stage.propose({ kind: "call", thread, name, at: this.world.now, happen });
    });
  }

  #await(
    kind: "timer" | "pause",
    { name, delayMs }: { name: string; delayMs: number },
    callback: () => void,
  ): () => void {
    const thread = currentThread();
    const as = `${this.#waited++} ${name}`;
    const happen = (): void => {
      this.learn(as);
      callback();
    };
    const pending: Pending = { kind, thread, name, at: this.world.now + delayMs, happen };
    if (this.alive) this.#stage.propose(pending);
    return () => this.#stage.withdraw(pending);
  }
}

async function outcomeOf<T>(effect: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await effect() };
  } catch (error) {
    return { error };
  }
}
