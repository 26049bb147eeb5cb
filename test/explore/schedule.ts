/** One schedule of a program: played from the start to its end, or to where it is cut. */
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { Audience } from "../simulation/audience.ts";
import { Cast } from "../simulation/cast.ts";
import { Engines } from "../simulation/engines.ts";
import { Random } from "../simulation/random.ts";
import { FAIR, type Scenario } from "../simulation/scenario.ts";
import type { Planted, Simulated } from "../simulation/simulation.ts";
import { Solitude } from "../simulation/solitude.ts";
import { inTurn } from "../simulation/turns.ts";
import { PLAIN } from "../simulation/variety.ts";
import { drained } from "../simulation/world.ts";
import { Callers, isOutage } from "./callers.ts";
import { hash } from "./hash.ts";
import { type Move, movesOf, type Surroundings } from "./moves.ts";
import { describe, type Letter, Post } from "./post.ts";
import type { Program } from "./program.ts";
import type { Choose } from "./search.ts";
import { Stage } from "./stage.ts";
import { StagedProcess } from "./staged-process.ts";
import { stateOf } from "./state.ts";
import { WrittenStore } from "./written-store.ts";

/** What takes more moves, or more virtual time, goes on for ever. */
const MOST_MOVES = 1000;
const PATIENCE_MS = 3 * 3_600_000;
const VISIBILITY_MS = 30_000;
/** How long after a run is due the sweep comes, and how often. */
const SWEEP_AFTER_MS = 500;
const SWEEP_EVERY_MS = 1000;

export interface ScheduleOptions {
  /** Whether a story is kept. */
  tracing: boolean;
  /** Whether what comes to the same is left out. */
  reduced: boolean;
  /** What is broken on purpose, between the engines and the world. */
  planted?: Planted | undefined;
}

export interface Played extends Simulated {
  /** It was cut before its end. */
  cut: boolean;
  moves: number;
}

export class Schedule implements Surroundings {
  readonly stage: Stage;
  readonly post: Post;
  readonly #program: Program;
  readonly #scenario: Scenario;
  readonly #cast: Cast;
  readonly #callers: Callers;
  readonly #engines: Engines;
  readonly #audience: Audience;
  readonly #store: Store;
  readonly #written: WrittenStore;
  readonly #processes: StagedProcess[] = [];
  readonly #solitude: Solitude;
  /** When the first of the runs is due. */
  #dueAt = Number.POSITIVE_INFINITY;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #isSweeping = false;
  #sweeps = 0;
  /** How much went wrong. */
  #suffered = 0;
  #isRough = false;

  readonly isReduced: boolean;

  constructor(program: Program, { tracing, reduced, planted }: ScheduleOptions) {
    this.isReduced = reduced;
    this.#program = program;
    this.stage = new Stage({ tracing });
    this.#scenario = scenarioOf(program);
    this.post = new Post(this.stage, VISIBILITY_MS);
    this.#cast = new Cast(this.stage, this.#scenario);
    const { main } = this.#cast;
    if (program.callers !== undefined) main.runId = undefined;
    this.#audience = new Audience(this.#cast);
    this.#store = createMemoryStore();
    this.#written = new WrittenStore(this.#store);
    this.#engines = new Engines({
      scenario: this.#scenario,
      cast: this.#cast,
      store: planted?.store?.(this.#written.store) ?? this.#written.store,
      schedulerOf: (process) => {
        const scheduler = this.post.schedulerOf(process as StagedProcess);
        return planted?.scheduler?.(scheduler) ?? scheduler;
      },
      audience: this.#audience,
      random: new Random(program.name),
      mishap: () => this.#suffer(),
      skewMs: planted?.skewMs,
    });
    this.#callers = new Callers({
      stage: this.stage,
      role: main,
      program,
      receiver: (call) => this.receiver(call),
      engineOf: (process) => this.#engines.of(process),
    });
    this.#solitude = new Solitude({
      roles: this.#cast.roles,
      countsOf: (runId) => this.post.countsOf(runId),
      isAnybodyBusy: () => this.stage.isAtWork() || this.#callers.areBusy,
      now: () => this.stage.now,
      suffered: () => this.#suffered,
    });
  }

  async play(choose: Choose): Promise<Played> {
    const { stage } = this;
    let moves = 0;
    let cut = false;
    for (let choices = await this.#choices(); choices.length > 0; choices = await this.#choices()) {
      const chosen = choose(choices, () => this.#state());
      const move = chosen === undefined ? undefined : choices[chosen];
      cut = move === undefined;
      if (!move) break;
      moves += 1;
      await this.#make(move);
      if (this.#cast.violations.length > 0) return { ...(await this.#result()), moves, cut };
      if (moves >= MOST_MOVES || stage.now - stage.began > PATIENCE_MS) {
        break;
      }
    }
    if (!cut && !this.areEnded) this.#cast.complain("the run does not end");
    await drained();
    return { ...(await this.#result()), moves, cut };
  }

  /** In the order in which they came up. */
  get processNames(): string[] {
    return this.#processes.map(({ name }) => name);
  }

  deliver(letter: Letter): void {
    const { stage, post } = this;
    const { continuation } = letter;
    const delivery = post.handOut(letter);
    const process = this.receiver(`${letter.id} ${delivery}`);
    stage.note(() => `${process.name} receives #${letter.id} ${describe(letter)}`);
    stage.begin(process, `turn ${JSON.stringify(continuation)}`, async () => {
      try {
        const { runId } = continuation;
        const knew = this.#cast.of(runId).heardBy.has(process);
        await inTurn({ runId, knew }, () => this.#engines.of(process).turn(continuation));
      } catch (error) {
        stage.note(() => `${process.name} fails #${letter.id}: ${error}`);
        post.handBack(letter, delivery);
        if (!isOutage(error)) this.#cast.complain(`a turn failed: ${error}`);
        return;
      }
      const acknowledged = async (): Promise<void> => post.acknowledge(letter, delivery);
      await process.call("queue.ack", acknowledged, { shown: () => `#${letter.id}` });
    });
  }

  get isSweepless(): boolean {
    return this.#program.sweepless ?? false;
  }

  get areEnded(): boolean {
    return this.#cast.main.witness.begun && this.#cast.isOver;
  }

  get isTimed(): boolean {
    return this.#program.timed ?? false;
  }

  requests(): { ask(): void }[] {
    return this.#callers.due;
  }

  sweepAt(): number {
    if (this.#isSweeping || this.isSweepless) return Number.POSITIVE_INFINITY;
    return Math.max(this.#dueAt + SWEEP_AFTER_MS, this.#sweptAt + SWEEP_EVERY_MS);
  }

  findsDue(): boolean {
    return !this.#isSweeping && !this.isSweepless && this.#dueAt <= this.stage.now;
  }

  sweep(): void {
    const { stage } = this;
    const process = this.receiver(`sweep ${this.#sweeps++}`);
    this.#isSweeping = true;
    this.#sweptAt = stage.now;
    stage.note(() => `${process.name} sweeps`);
    stage.begin(process, "sweep", async () => {
      await this.#engines
        .of(process)
        .sweep({})
        .catch((error) => {
          stage.note(() => `${process.name} fails to sweep: ${error}`);
          if (!isOutage(error)) this.#cast.complain(`a sweep failed: ${error}`);
        });
      this.#isSweeping = false;
    });
  }

  die(process: StagedProcess): void {
    if (this.stage.current?.what === "sweep") this.#isSweeping = false;
    this.stage.kill(process);
    this.#callers.lose(process);
  }

  /** What is left of an ended run's timers is nobody's. */
  get #isOver(): boolean {
    const isDone = this.areEnded && this.#callers.areDone && this.post.isEmpty;
    return isDone && !this.stage.isCalling;
  }

  async #choices(): Promise<Move[]> {
    if (this.#isOver) return [];
    const until = Number.MAX_SAFE_INTEGER;
    const [first] = await this.#store.runs.listDue({ until, limit: 1 });
    this.#dueAt = first?.dueAt ?? Number.POSITIVE_INFINITY;
    return movesOf(this);
  }

  async #make(move: Move): Promise<void> {
    const { stage } = this;
    stage.moment += 1;
    if (move.isRough) this.#suffer();
    if (move.cost.preemptions > 0) {
      stage.note(() => `(${stage.current ?? "everybody"} has to wait)`);
    }
    await move.make();
    await stage.settled();
    this.#solitude.look();
  }

  #suffer(): void {
    this.#suffered += 1;
    this.#isRough = true;
  }

  /**
   * Where each turn has a process of its own, that is a new one. Else it is one who is idle, the first of
   * them; or one more, while there may be more; or the first.
   */
  receiver(call: string): StagedProcess {
    const { processes: most } = this.#program;
    const free = this.#processes.filter(({ alive, stalled }) => alive && !stalled);
    const idle = free.find((process) => !this.stage.isAtWork(process));
    const [first] = free;
    if (most !== undefined && idle) return idle;
    if (most !== undefined && first && free.length >= most) return first;
    const name = most === undefined ? hash(call).toString(36) : `P${this.#processes.length}`;
    const process = new StagedProcess(this.stage, name);
    this.#processes.push(process);
    return process;
  }

  #state(): number {
    return stateOf({
      stage: this.stage,
      processes: this.#remembering,
      witnesses: this.#cast.roles.map(({ witness }) => witness),
      others: [
        this.#written.state,
        this.post.state,
        this.#callers.state,
        this.#isRough,
        this.#isSweeping,
        this.#sweptAt,
      ],
    });
  }

  /** Those who will ever do anything that depends on what they know. */
  get #remembering(): StagedProcess[] {
    const isWarm = this.#program.processes !== undefined;
    return this.#processes.filter((process) => isWarm || this.stage.isAtWork(process));
  }

  async #result(): Promise<Simulated> {
    const { witness, runId = "" } = this.#cast.main;
    const head = await this.#store.runs.get(runId, 0);
    const weather = { ...FAIR, diesBefore: this.#isRough ? 1 : 0 };
    return {
      scenario: { ...this.#scenario, weather },
      witness,
      messages: this.post.countsOf(runId),
      world: this.stage,
      audience: this.#audience,
      head,
      log: head ? await this.#store.log.read(head, { from: 0 }) : [],
      violations: witness.violations,
      company: [],
    };
  }
}

function scenarioOf({ code, asks, settings }: Program): Scenario {
  return {
    seed: 0,
    program: code,
    actions: asks.map(() => ACTION),
    weather: FAIR,
    calmAfterMs: 0,
    replay: "live",
    cachedRuns: 500,
    fleet: { most: 2, turns: 32, functionMs: undefined, clocks: { apartMs: 0, jump: false } },
    visibilityMs: VISIBILITY_MS,
    delivery: "all",
    visitEveryMs: undefined,
    strays: [],
    sweepEveryMs: SWEEP_EVERY_MS,
    sweepAhead: false,
    leaseMs: 15_000,
    watchdogMs: 20_000,
    startAtMs: undefined,
    maxDurationMs: undefined,
    variety: PLAIN,
    ...settings,
  };
}

const ACTION = {
  afterMs: 0,
  once: undefined,
  what: "cancel",
  gracePeriodMs: undefined,
  againAfterMs: undefined,
} as const;
