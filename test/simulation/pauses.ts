/** Pauses of the main run: how they are drawn, asked for and resumed, and what must hold of them. */
import type { LogEvent } from "../../src/core/events.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** A pause, and a resume some time after its answer. */
export interface Spell {
  afterMs: number;
  once: string | undefined;
  lengthMs: number;
  /** So many more pauses follow the resume at once. */
  more: number;
}

const OCCASIONS = [
  undefined,
  undefined,
  "executes s0",
  "executes s1",
  "executes s2",
  "step.scheduled",
  "step.scheduled",
  "step.retrying",
  "step.completed",
  "sleep.started",
  "run.resumed",
  "cancellation.requested",
] as const;

export function spellsOf(random: Random): Spell[] {
  return Array.from({ length: random.between(1, 3) }, () => ({
    afterMs: random.between(0, random.pick([5, 50, 500, 5000])),
    once: random.pick(OCCASIONS),
    lengthMs: random.between(0, random.pick([20, 500, 5000, 40_000])),
    more: random.pick([0, 0, 1, 2]),
  }));
}

/** Who gets no answer asks again, this much later. */
const UNANSWERED_MS = 2000;
/** How often somebody resumes what a late pause has left. */
const CARE_MS = 30_000;

interface Stage {
  world: World;
  pauses: SeenPauses;
  isOver(): boolean;
  serve(what: string, work: (engine: Engine) => Promise<unknown>): Promise<void>;
}

/** Somebody who pauses a run again and again, and leaves it resumed. */
export class Pauser {
  readonly #stage: Stage;
  readonly #runId: string;

  constructor(stage: Stage, runId: string) {
    this.#stage = stage;
    this.#runId = runId;
  }

  begin({ lengthMs, more }: Spell): void {
    const { world } = this.#stage;
    this.#ask("pause", () => {
      world.after(lengthMs, () => {
        this.#ask("resume", () => {
          if (more > 0) this.begin({ afterMs: 0, once: undefined, lengthMs, more: more - 1 });
        });
      });
    });
  }

  /** A pause whose caller has long given up may come late: nobody waits for its end. */
  care(): void {
    const { world, isOver } = this.#stage;
    world.after(CARE_MS, () => {
      if (isOver()) return;
      this.#ask("resume", () => this.care());
    });
  }

  #ask(what: "pause" | "resume", then: () => void): void {
    const { world, pauses, serve, isOver } = this.#stage;
    let answered = false;
    world.after(UNANSWERED_MS, () => {
      if (!answered && !isOver()) this.#ask(what, then);
      answered = true;
    });
    const began = world.moment;
    void serve(what, async (engine) => {
      world.note(() => `somebody is asked to ${what}`);
      const { outcome } = await engine[what](this.#runId, { reason: "rest", requestedBy: "bob" });
      world.note(() => `the answer to ${what} is ${outcome}`);
      pauses.answered({ outcome, began, moment: world.moment });
      if (answered) return;
      answered = true;
      then();
    });
  }
}

interface Answered {
  outcome: string;
  began: number;
  moment: number;
}

/** From when it was written until it was over. */
interface Seen {
  from: number;
  to: number;
}

/** What was seen of the pauses of a run. */
export class SeenPauses {
  readonly #seen: Seen[] = [];
  readonly #answers: Answered[] = [];

  get any(): boolean {
    return this.#seen.length > 0;
  }

  get isPaused(): boolean {
    return this.#seen.at(-1)?.to === Number.POSITIVE_INFINITY;
  }

  saw({ type }: LogEvent, moment: number): void {
    const last = this.#seen.at(-1);
    if (type === "run.paused") this.#seen.push({ from: moment, to: Number.POSITIVE_INFINITY });
    const ends = type === "run.resumed" || type === "cancellation.requested";
    if (last && ends) last.to = Math.min(last.to, moment);
  }

  answered(answer: Answered): void {
    this.#answers.push(answer);
  }

  /** Whether somebody had been told by then that it is paused, and it was paused still. */
  forbids(moment: number): boolean {
    return this.#answers.some((answer) => {
      const pause = this.#pauseOf(answer);
      return pause !== undefined && moment > answer.moment && moment < pause.to;
    });
  }

  /** Answers of a pause that nobody has ever seen. */
  *unheard(): Generator<string> {
    for (const { outcome } of this.#answers) {
      if (/paused$/.test(outcome) && outcome !== "not-paused" && !this.any) {
        yield `pause answered ${outcome}, and there was no pause`;
      }
    }
  }

  /** The pause that an answer was about, if there is no doubt: the only one since it was asked for. */
  #pauseOf({ outcome, began, moment }: Answered): Seen | undefined {
    if (outcome !== "paused" && outcome !== "already-paused") return undefined;
    const during = this.#seen.filter(({ from, to }) => from < moment && to > began);
    const [only] = during;
    if (!only || during.length > 1 || only.to < moment) return undefined;
    return only;
  }
}
