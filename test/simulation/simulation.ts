/** Simulates the runs of a scenario to their ends, and says what was wrong with them. */
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Entry } from "../../src/core/events.ts";
import type { Observer } from "../../src/ports/observer.ts";
import type { Continuation, Scheduler } from "../../src/ports/scheduler.ts";
import type { RowName, RunHead, Store } from "../../src/ports/store.ts";
import { Audience } from "./audience.ts";
import { Callers } from "./callers.ts";
import { Cast, MAIN, type Role } from "./cast.ts";
import { Climate } from "./climate.ts";
import { Engines } from "./engines.ts";
import { Fleet } from "./fleet.ts";
import { laggingIndex } from "./lagging-index.ts";
import { Posters, type Posting } from "./posters.ts";
import type { Fortune, Process } from "./process.ts";
import { type Counts, Queue } from "./queue.ts";
import { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { Senders } from "./senders.ts";
import type { Sending } from "./sending.ts";
import { Solitude } from "./solitude.ts";
import { rowsOf } from "./standing-rows.ts";
import { inTurn } from "./turns.ts";
import type { Witness } from "./witness.ts";
import { World } from "./world.ts";

/** Virtual time that the runs may take once nothing goes wrong any more. */
const PATIENCE_MS = 8 * 3_600_000;
/** Virtual time for messages that are left when the runs have ended. */
const AFTERMATH_MS = 1_800_000;

export interface SimulationOptions {
  tracing: boolean;
  fortune?: Fortune;
  /** Where the runs are kept, if not in memory. */
  store?: (now: () => number) => Store;
  /** What a table does by itself now and then, while the main run goes on. */
  chore?: { everyMs: number; work(now: number): Promise<unknown> };
  /** What is broken on purpose, between the engines and the world. */
  planted?: Planted;
}

export interface Planted {
  store?(store: Store): Store;
  scheduler?(scheduler: Scheduler): Scheduler;
  observer?(observer: Observer): Observer;
  skewMs?: number;
}

/** One run of a world. */
export interface Simulated {
  /** The world's, with the program and the actions of this run. */
  scenario: Scenario;
  /** Whether other code was deployed meanwhile, be it of another run. */
  isDeployed: boolean;
  witness: Witness;
  messages: Counts;
  world: World;
  audience: Audience;
  head: RunHead | undefined;
  log: Entry[];
  /** What was handed in for its hooks. */
  sendings: readonly Sending[];
  /** What was sent to its channels. */
  postings: readonly Posting[];
  /** What is left when all is over. */
  rows: readonly RowName[];
  /** What was wrong, seen while it happened. */
  violations: string[];
  /** The others, if this is the main one. */
  company: Simulated[];
  /** Its own children. */
  family: Simulated[];
  /** Its role's. */
  name: string;
}

export class Simulation {
  readonly world: World;
  readonly #store: Store;
  readonly #queue: Queue;
  readonly #scenario: Scenario;
  readonly #options: SimulationOptions;
  readonly #cast: Cast;
  readonly #fleet: Fleet;
  readonly #engines: Engines;
  readonly #callers: Callers;
  readonly #senders: Senders;
  readonly #posters: Posters;
  readonly #climate: Climate;
  readonly #audience: Audience;

  constructor(scenario: Scenario, options: SimulationOptions) {
    const { planted } = options;
    this.#scenario = scenario;
    this.#options = options;
    const random = new Random(`world/${scenario.seed}`);
    this.world = new World(options);
    this.#cast = new Cast(this.world, scenario);
    this.#audience = new Audience(this.#cast);
    this.#climate = new Climate(this.world, scenario, random);
    const fortune = this.#climate.under(options.fortune);
    this.#fleet = new Fleet(this.world, scenario.fleet, random, fortune);
    const { givenUpAfter, indexLagMs } = scenario.variety;
    this.#queue = new Queue(this.world, {
      visibilityMs: scenario.visibilityMs,
      journey: (continuation) => this.#climate.journey(continuation),
      receiver: () => this.#fleet.receiver(),
      turn: (process, continuation) => this.#turn(process, continuation),
      givenUp:
        givenUpAfter === undefined
          ? undefined
          : { after: givenUpAfter, turn: (...args) => this.#lastTurn(...args) },
    });
    this.#store = options.store?.(() => this.world.now) ?? createMemoryStore();
    const seen = laggingIndex(this.#store, { lagMs: indexLagMs, now: () => this.world.now });
    this.#engines = new Engines({
      scenario,
      cast: this.#cast,
      store: planted?.store?.(seen) ?? seen,
      schedulerOf: (process) => {
        const scheduler = this.#queue.schedulerOf(process);
        return planted?.scheduler?.(scheduler) ?? scheduler;
      },
      audience: this.#audience,
      random,
      mishap: () => this.#climate.mishap(),
      observed: (observer) => planted?.observer?.(observer) ?? observer,
      skewMs: planted?.skewMs,
      gave: (hook, token) => this.#senders.learn(hook, token),
    });
    this.#callers = new Callers({
      world: this.world,
      scenario,
      cast: this.#cast,
      fleet: this.#fleet,
      engineOf: (process) => this.#engines.of(process),
    });
    const { deployment } = scenario.variety;
    this.#senders = new Senders(this.world, this.#callers, { main: this.#cast.main, deployment });
    this.#posters = new Posters(this.world, this.#callers, { main: this.#cast.main, deployment });
  }

  async run(): Promise<Simulated> {
    const { world } = this;
    const cast = this.#cast;
    this.#begin();
    const { calmAfterMs } = this.#scenario;
    if (!(await world.until(() => cast.isOver, calmAfterMs + PATIENCE_MS))) {
      for (const { witness } of cast.roles) {
        if (!witness.ended) witness.complain("the run does not end");
      }
    } else await this.#aftermath();
    const [main, ...company] = await Promise.all(cast.roles.map((role) => this.#result(role)));
    if (!main) throw new Error("there is no main run");
    const begun = [main, ...company].filter(({ head }) => head !== undefined);
    for (const each of begun) {
      each.family = begun.filter(({ head }) => head?.parent?.runId === each.head?.runId);
    }
    return { ...main, company: begun.filter((each) => each !== main) };
  }

  /**
   * Everybody who still executes or holds a message is done in time, the queue runs dry, and the sweep
   * has cleared what is left of rows.
   */
  async #aftermath(): Promise<void> {
    const { world } = this;
    const limitMs = world.now - world.began + AFTERMATH_MS;
    const isSwept = (): boolean => !this.#isSwept || !this.#cast.hasRows;
    const isQuiet = (): boolean =>
      this.#queue.isEmpty &&
      this.#fleet.isIdle &&
      this.#senders.areDone &&
      this.#posters.areDone &&
      isSwept();
    if (!(await world.until(isQuiet, limitMs))) {
      this.#cast.complain("messages are left long after the run has ended");
    }
  }

  async #result({ runId = "", program, actions, witness, name }: Role): Promise<Simulated> {
    const { world } = this;
    const isMain = name === MAIN;
    const head = await this.#store.runs.get(runId, 0);
    const { startAtMs, variety } = this.#scenario;
    return {
      scenario: {
        ...this.#scenario,
        program,
        actions: [...actions],
        startAtMs: isMain ? startAtMs : undefined,
        variety: isMain ? variety : { ...variety, deployment: undefined },
      },
      isDeployed: variety.deployment !== undefined,
      witness,
      messages: this.#queue.countsOf(runId),
      world,
      audience: this.#audience,
      head,
      log: head ? await this.#store.log.read(head, { from: 0 }) : [],
      rows: await rowsOf(this.#store, runId),
      sendings: isMain ? this.#senders.sendings : [],
      postings: isMain ? this.#posters.postings : [],
      violations: witness.violations,
      company: [],
      family: [],
      name,
    };
  }

  #begin(): void {
    const { sweepEveryMs, visitEveryMs, strays, variety } = this.#scenario;
    this.#callers.begin();
    this.#senders.begin();
    this.#posters.begin();
    if (sweepEveryMs !== undefined) this.#sweepEvery(sweepEveryMs);
    if (visitEveryMs !== undefined) this.#visitEvery(visitEveryMs);
    for (const { afterMs, ...names } of strays) {
      this.#queue.bring({ runId: MAIN, ...names }, afterMs);
    }
    this.#climate.brew(() => this.#fleet.alive());
    if (variety.deployment) this.#deployLater(variety.deployment);
    const { chore } = this.#options;
    if (chore) this.#repeat(chore);
    const solitude = new Solitude({
      roles: this.#cast.roles,
      countsOf: (runId) => this.#queue.countsOf(runId),
      isAnybodyBusy: () => this.#callers.areBusy || !this.#fleet.isIdle,
      now: () => this.world.now,
      suffered: () => this.#climate.suffered,
    });
    this.world.watch(() => solitude.look());
  }

  /** When the first of the run's steps is in its log. */
  #deployLater({ afterMs, mendedAfterMs }: NonNullable<Scenario["variety"]["deployment"]>): void {
    const deploy = (): void => {
      this.#climate.mishap();
      this.#fleet.deploy();
    };
    let planned = false;
    const plan = (): void => {
      if (planned) return;
      planned = true;
      this.world.after(afterMs, deploy);
      this.world.after(afterMs + mendedAfterMs, deploy);
    };
    for (const sight of ["unshielded step.started", "unshielded step.scheduled"]) {
      this.#cast.main.witness.once(sight, plan);
    }
  }

  #repeat(chore: NonNullable<SimulationOptions["chore"]>): void {
    this.world.after(chore.everyMs, () => {
      if (this.#cast.main.witness.ended) return;
      this.#repeat(chore);
      this.world.await(chore.work(this.world.now));
    });
  }

  get #isSwept(): boolean {
    return this.#scenario.sweepEveryMs !== undefined;
  }

  #sweepEvery(everyMs: number): void {
    this.world.after(everyMs, () => {
      this.#sweepEvery(everyMs);
      if (!this.#fleet.anyone() || (this.#cast.isOver && !this.#cast.hasRows)) return;
      const horizonMs = this.#scenario.sweepAhead ? everyMs : undefined;
      void this.#callers.serve("sweep", (engine) => engine.sweep({ horizonMs }));
    });
  }

  #visitEvery(everyMs: number): void {
    this.world.after(everyMs, () => {
      this.#visitEvery(everyMs);
      for (const { runId, witness } of this.#cast.roles) {
        if (runId === undefined || witness.ended) continue;
        const process = this.#fleet.receiver();
        if (!process) continue;
        this.world.note(() => `${process.name} is visited`);
        this.#turn(process, { runId }).catch(() => {});
      }
    });
  }

  async #turn(process: Process, continuation: Continuation): Promise<void> {
    const { functionMs } = this.#scenario.fleet;
    const { runId } = continuation;
    const engine = this.#engines.of(process);
    // Where each turn replays anew, one may have loaded its log before another heard.
    const keepsRuns = this.#scenario.replay !== "cold";
    const knew = keepsRuns && this.#cast.of(runId).heardBy.has(process);
    try {
      await inTurn({ runId, knew }, async () => {
        if (functionMs === undefined) return await engine.turn(continuation);
        const ends = this.world.now + functionMs;
        let over = false;
        this.world.after(functionMs, () => {
          if (!over) process.die("as its time is up");
        });
        await engine.turn(continuation, { remainingMs: () => ends - this.world.now });
        over = true;
      });
    } catch (error) {
      this.#callers.expectOutage("turn", error);
      throw error;
    }
  }

  /** What becomes of a message that is given up: it is tried once more, and told of. */
  async #lastTurn(process: Process, continuation: Continuation): Promise<void> {
    const { runId } = continuation;
    const engine = this.#engines.of(process);
    const noted = await engine.noteGivenUp(runId).catch(() => undefined);
    try {
      await this.#turn(process, continuation);
    } catch (error) {
      await engine.reportProblem(runId, error, { instead: noted }).catch(() => {});
      throw error;
    }
    if (noted) await engine.withdrawProblem(runId, noted);
  }
}
