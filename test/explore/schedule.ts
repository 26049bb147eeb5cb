/** One schedule of a program: played from the start to its end, or to where it is cut. */
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Store } from "../../src/ports/store.ts";
import { Audience } from "../simulation/audience.ts";
import { Cast, type Role } from "../simulation/cast.ts";
import { Engines } from "../simulation/engines.ts";
import { Random } from "../simulation/random.ts";
import { FAIR, type Scenario } from "../simulation/scenario.ts";
import type { Planted, Simulated } from "../simulation/simulation.ts";
import { Solitude } from "../simulation/solitude.ts";
import { rowsOf } from "../simulation/standing-rows.ts";
import { inTurn } from "../simulation/turns.ts";
import { drained } from "../simulation/world.ts";
import { Callers, isOutage } from "./callers.ts";
import { Crew } from "./crew.ts";
import { type Misfortune, type Move, movesOf, type Surroundings } from "./moves.ts";
import { describe, type Letter, Post } from "./post.ts";
import type { Program } from "./program.ts";
import { scenarioOf } from "./scenario.ts";
import type { Choose } from "./search.ts";
import { Stage } from "./stage.ts";
import type { StagedProcess } from "./staged-process.ts";
import { stateOf } from "./state.ts";
import { Sweeper } from "./sweeper.ts";
import { WrittenStore } from "./written-store.ts";

/** What takes more moves, or more virtual time, goes on for ever. */
const MOST_MOVES = 1000;
const PATIENCE_MS = 3 * 3_600_000;

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
  readonly #crew: Crew;
  readonly #sweeper: Sweeper;
  readonly #solitude: Solitude;
  /** How much went wrong. */
  #suffered = 0;
  #isRough = false;

  readonly isReduced: boolean;

  constructor(program: Program, { tracing, reduced, planted }: ScheduleOptions) {
    this.isReduced = reduced;
    this.#program = program;
    this.stage = new Stage({ tracing });
    this.#scenario = scenarioOf(program);
    this.post = new Post(this.stage, this.#scenario.visibilityMs);
    this.#crew = new Crew(this.stage, program.processes);
    this.#sweeper = new Sweeper(this.stage, { isAbsent: this.isSweepless });
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
      observed: (observer) => observer,
      gave: (hook, token) => this.#callers.learn(hook, token),
      mishap: () => this.#suffer(),
      skewMs: planted?.skewMs,
    });
    this.#callers = new Callers({
      stage: this.stage,
      role: main,
      program,
      receiver: (call) => this.#crew.receiver(call),
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
    return this.#crew.processes.map(({ name }) => name);
  }

  deliver(letter: Letter): void {
    const { stage, post } = this;
    const { continuation } = letter;
    const delivery = post.handOut(letter);
    const process = this.#crew.receiver(`${letter.id} ${delivery}`);
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

  mayMeet(misfortune: Misfortune): boolean {
    return this.#program.misfortunes?.includes(misfortune) ?? true;
  }

  get areEnded(): boolean {
    return this.#cast.main.witness.begun !== undefined && this.#cast.isOver;
  }

  get isTimed(): boolean {
    return this.#program.timed ?? false;
  }

  requests(): { ask(): void }[] {
    return this.#callers.due;
  }

  sweepAt(): number {
    return this.#sweeper.comesAt;
  }

  findsDue(): boolean {
    return this.#sweeper.findsDue;
  }

  sweep(): void {
    const { stage } = this;
    const process = this.#crew.receiver(`sweep ${this.#sweeper.begin()}`);
    stage.note(() => `${process.name} sweeps`);
    stage.begin(process, "sweep", async () => {
      await this.#engines
        .of(process)
        .sweep({})
        .catch((error) => {
          stage.note(() => `${process.name} fails to sweep: ${error}`);
          if (!isOutage(error)) this.#cast.complain(`a sweep failed: ${error}`);
        });
      this.#sweeper.end();
    });
  }

  die(process: StagedProcess): void {
    if (this.stage.current?.what === "sweep") this.#sweeper.end();
    this.stage.kill(process);
    this.#callers.lose(process);
  }

  /** What is left of an ended run's timers is nobody's. */
  get #isOver(): boolean {
    if (!this.areEnded || !this.#callers.areDone || !this.post.isEmpty) return false;
    return !this.stage.isCalling && (this.isSweepless || !this.#cast.hasRows);
  }

  async #choices(): Promise<Move[]> {
    if (this.#isOver) return [];
    await this.#sweeper.look(this.#store);
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

  #state(): number {
    return stateOf({
      stage: this.stage,
      processes: this.#crew.remembering,
      witnesses: this.#cast.roles.map(({ witness }) => witness),
      anchors: this.#callers.pauses,
      others: [
        this.#written.state,
        this.post.state,
        this.#callers.state,
        this.#isRough,
        this.#sweeper.state,
      ],
    });
  }

  /** The main run, with the others beside it, each with its children. */
  async #result(): Promise<Simulated> {
    const all = await Promise.all(this.#cast.roles.map((role) => this.#resultOf(role)));
    const [main, ...company] = all;
    if (!main) throw new Error("there is no main run");
    for (const each of all) {
      each.family = company.filter(({ head }) => head && head.parent?.runId === each.head?.runId);
    }
    return { ...main, company };
  }

  async #resultOf(role: Role): Promise<Simulated> {
    const { program, witness, name, runId = "" } = role;
    const isMain = role === this.#cast.main;
    const head = await this.#store.runs.get(runId, 0);
    const weather = { ...FAIR, diesBefore: this.#isRough ? 1 : 0 };
    const { senders, posters } = this.#callers;
    return {
      scenario: { ...this.#scenario, program, weather },
      isDeployed: false,
      witness,
      messages: this.post.countsOf(runId),
      world: this.stage,
      audience: this.#audience,
      head,
      log: head ? await this.#store.log.read(head, { from: 0 }) : [],
      rows: await rowsOf(this.#store, runId),
      postings: isMain ? posters.postings : [],
      sendings: isMain ? senders.sendings : [],
      violations: witness.violations,
      company: [],
      family: [],
      name,
    };
  }
}
