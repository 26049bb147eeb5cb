/** Simulates one run of a scenario to its end, and says what was wrong with it. */
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { ContentionError, StoreUnavailableError } from "../../src/core/errors.ts";
import type { Entry } from "../../src/core/events.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/index.ts";
import { getContext, workflow } from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { RunHead, Store } from "../../src/ports/store.ts";
import { interpret } from "./interpret.ts";
import { type Call, type Fate, type Fortune, Process } from "./process.ts";
import type { Node } from "./program.ts";
import { type Journey, Queue } from "./queue.ts";
import { Random } from "./random.ts";
import type { Action, Scenario } from "./scenario.ts";
import { watchedStore } from "./watched-store.ts";
import { Witness } from "./witness.ts";
import { World } from "./world.ts";

const RUN_ID = "run";
/** Virtual time that a run may take once nothing goes wrong any more. */
const PATIENCE_MS = 3 * 3_600_000;
/** Virtual time for messages that are left when the run has ended. */
const AFTERMATH_MS = 1_800_000;

export interface Simulated {
  scenario: Scenario;
  witness: Witness;
  queue: Queue;
  world: World;
  head: RunHead | undefined;
  log: Entry[];
  /** What was wrong, seen while it happened. */
  violations: string[];
}

export class Simulation {
  readonly world: World;
  readonly witness: Witness;
  readonly queue: Queue;
  readonly store: Store = createMemoryStore();
  readonly #scenario: Scenario;
  readonly #fleet: Process[] = [];
  readonly #engines = new Map<Process, Engine>();
  readonly #random: Random;
  readonly #fortune: Fortune;
  #outageUntil = 0;
  #made = 0;
  #ids = 0;

  constructor(scenario: Scenario, options: { tracing: boolean; fortune?: Fortune }) {
    this.#scenario = scenario;
    this.#random = new Random(`world/${scenario.seed}`);
    this.world = new World(options);
    this.witness = new Witness(this.world);
    this.#fortune = options.fortune ?? this.#weather();
    const travels = this.#random.fork("travels");
    this.queue = new Queue(this.world, {
      visibilityMs: scenario.visibilityMs,
      journey: () => this.#journey(travels),
      receiver: () => this.#receiver(),
      turn: (process, continuation) => this.#turn(process, continuation),
    });
  }

  async run(): Promise<Simulated> {
    const { world, witness } = this;
    this.#begin();
    const { calmAfterMs } = this.#scenario;
    const hasEnded = await world.until(
      () => witness.ended !== undefined,
      calmAfterMs + PATIENCE_MS,
    );
    if (!hasEnded) witness.complain("the run does not end");
    else await this.#aftermath();
    return await this.#result();
  }

  /** Everybody who still executes or holds a message is done in time, and the queue runs dry. */
  async #aftermath(): Promise<void> {
    const { world, queue, witness } = this;
    const limitMs = world.now - world.began + AFTERMATH_MS;
    const isQuiet = (): boolean =>
      queue.isEmpty && this.#fleet.every(({ alive, turns }) => !alive || turns === 0);
    if (!(await world.until(isQuiet, limitMs))) {
      witness.complain("messages are left long after the run has ended");
    }
  }

  async #result(): Promise<Simulated> {
    const { world, witness, queue, store } = this;
    const head = await store.head(RUN_ID, 0);
    const log = head ? [head.start, ...(await store.read(head, 1))] : [];
    const { violations } = witness;
    return { scenario: this.#scenario, witness, queue, world, head, log, violations };
  }

  #begin(): void {
    const { actions, sweepEveryMs, weather, calmAfterMs } = this.#scenario;
    this.#start();
    for (const action of actions) {
      const act = (): void => this.world.after(action.afterMs, () => this.#act(action));
      if (action.once === undefined) act();
      else this.witness.once(action.once, act);
    }
    if (sweepEveryMs !== undefined) this.#sweepEvery(sweepEveryMs);
    const mishaps = this.#random.fork("mishaps");
    const plan = (perMinute: number, strike: (victim: Process) => void): void => {
      const times = Math.round((perMinute * calmAfterMs) / 60_000);
      for (let time = 0; time < times; time += 1) {
        this.world.after(mishaps.between(0, calmAfterMs), () => {
          const [first, ...more] = this.#alive();
          if (first) strike(mishaps.pick([first, ...more]));
        });
      }
    };
    plan(weather.outagesPerMinute, () => {
      const lengthMs = mishaps.between(100, 8000);
      this.world.note(() => `an outage of ${lengthMs} ms`);
      this.#outageUntil = this.world.now + lengthMs;
    });
    plan(weather.killsPerMinute, (victim) => victim.die("for no reason"));
    plan(weather.stallsPerMinute, (victim) => victim.stall(mishaps.between(500, 25_000)));
    const { apartMs, jump } = this.#scenario.fleet.clocks;
    if (jump) {
      plan(2, (victim) => {
        victim.offsetMs = mishaps.between(-apartMs / 2, apartMs / 2);
        this.world.note(() => `the clock of ${victim.name} jumps to ${victim.offsetMs} ms`);
      });
    }
  }

  /** Starting again with the same id is how a caller without an answer goes on. */
  #start(): void {
    const { program, startAtMs } = this.#scenario;
    const process = this.#anyone();
    if (!process) {
      this.world.after(100, () => this.#start());
      return;
    }
    const startAt = startAtMs === undefined ? undefined : new Date(this.world.began + startAtMs);
    let answered = false;
    const again = (): void => {
      if (!answered) this.#start();
    };
    this.world.after(2000, again);
    this.#engineOf(process)
      .start("generated", program, { runId: RUN_ID, startAt })
      .then(() => {
        answered = true;
      })
      .catch((error: unknown) => this.#expectOutage("start", error));
  }

  #act(action: Action): void {
    const { what, gracePeriodMs: gracePeriod, againAfterMs } = action;
    const process = this.#anyone();
    if (!process) {
      this.world.after(100, () => this.#act(action));
      return;
    }
    const engine = this.#engineOf(process);
    let answered = false;
    if (againAfterMs !== undefined) {
      this.world.after(againAfterMs, () => {
        if (!answered) this.#act(action);
      });
    }
    this.world.note(() => `${process.name} is asked to ${what}`);
    const asked =
      what === "cancel"
        ? engine.cancel(RUN_ID, { reason: "enough", requestedBy: "somebody", gracePeriod })
        : engine.terminate(RUN_ID, { reason: "at once" });
    asked
      .then(({ outcome }) => {
        answered = true;
        this.world.note(() => `${process.name} answers ${outcome}`);
        this.witness.answers.push({ what, outcome, moment: this.world.moment });
      })
      .catch((error: unknown) => this.#expectOutage(what, error));
  }

  #sweepEvery(everyMs: number): void {
    this.world.after(everyMs, () => {
      this.#sweepEvery(everyMs);
      const process = this.#anyone();
      if (!process || this.witness.ended) return;
      this.#engineOf(process)
        .sweep({ horizonMs: this.#scenario.sweepAhead ? everyMs : undefined })
        .catch((error: unknown) => this.#expectOutage("sweep", error));
    });
  }

  async #turn(process: Process, continuation: { runId: string }): Promise<void> {
    const { functionMs } = this.#scenario.fleet;
    try {
      if (functionMs === undefined) return await this.#engineOf(process).turn(continuation);
      const ends = this.world.now + functionMs;
      let over = false;
      this.world.after(functionMs, () => {
        if (!over) process.die("as its time is up");
      });
      const remainingMs = (): number => ends - this.world.now;
      await this.#engineOf(process).turn(continuation, { remainingMs });
      over = true;
    } catch (error) {
      this.#expectOutage("turn", error);
      throw error;
    }
  }

  #expectOutage(what: string, error: unknown): void {
    if (error instanceof StoreUnavailableError || error instanceof ContentionError) return;
    // The run may be asked to stop before it is there.
    if (error instanceof Error && "code" in error && error.code === "run.notFound") return;
    this.witness.complain(`${what} failed: ${error instanceof Error ? error.stack : error}`);
  }

  get #isCalm(): boolean {
    return this.world.now - this.world.began >= this.#scenario.calmAfterMs;
  }

  #weather(): Fortune {
    const { weather } = this.#scenario;
    const fates = this.#random.fork("fates");
    const latencies = this.#random.fork("latencies");
    const kinds: (Fate & keyof typeof weather)[] = [
      "refused",
      "answerLost",
      "diesBefore",
      "diesAfter",
    ];
    return {
      fateOf: (_: Call) => {
        const drawn = fates.next();
        if (this.#isCalm) return "done";
        if (this.world.now < this.#outageUntil) return drawn < 0.9 ? "refused" : "answerLost";
        let sum = 0;
        for (const kind of kinds) {
          sum += weather[kind];
          if (drawn < sum) return kind;
        }
        return "done";
      },
      latencyOf: () =>
        !this.#isCalm && latencies.chance(weather.slowCall)
          ? latencies.between(100, 4000)
          : latencies.between(0, 8),
    };
  }

  #journey(travels: Random): Journey {
    const { weather } = this.#scenario;
    const rough = !this.#isCalm;
    const lost = rough && travels.chance(weather.lostMessage);
    const late = rough && travels.chance(weather.lateMessage);
    const twin = rough && travels.chance(weather.twinMessage);
    return {
      lost,
      delayMs: late ? travels.between(100, 20_000) : travels.between(0, 20),
      twinAfterMs: twin ? travels.between(0, travels.pick([5, 300, 10_000])) : undefined,
    };
  }

  #alive(): Process[] {
    return this.#fleet.filter(({ alive }) => alive);
  }

  #anyone(): Process | undefined {
    return this.#chosen(this.#alive());
  }

  #receiver(): Process | undefined {
    const { turns } = this.#scenario.fleet;
    return this.#chosen(this.#alive().filter((process) => process.turns < turns));
  }

  /** One of the processes that are free, or a new one while there may be more. */
  #chosen(free: Process[]): Process | undefined {
    const [first, ...more] = free;
    const mayGrow = this.#alive().length < this.#scenario.fleet.most;
    if (mayGrow && (!first || this.#random.chance(0.3))) return this.#newProcess();
    return first && this.#random.pick([first, ...more]);
  }

  #newProcess(): Process {
    const { apartMs } = this.#scenario.fleet.clocks;
    const name = `P${this.#made++}`;
    const offsetMs = this.#random.between(-apartMs / 2, apartMs / 2);
    const process = new Process(this.world, name, this.#fortune, offsetMs);
    this.world.note(() => `${name} comes up, its clock ${offsetMs} ms ahead`);
    this.#fleet.push(process);
    return process;
  }

  #engineOf(process: Process): Engine {
    const known = this.#engines.get(process);
    if (known) return known;
    const { replay, cachedRuns, leaseMs, watchdogMs, maxDurationMs } = this.#scenario;
    const random = this.#random.fork(process.name);
    const { witness } = this;
    const generated = workflow(
      "generated",
      (program: Node) =>
        interpret(program, {
          pause: (ms) => process.pause(ms),
          begin: (name) => {
            const { idempotencyKey, attempt = 0 } = getContext();
            return witness.sawBegin(process, name, idempotencyKey, attempt);
          },
        }),
      { maxDuration: maxDurationMs },
    );
    const engine = createEngine({
      workflows: [generated],
      store: watchedStore(this.store, process, witness),
      scheduler: this.queue.schedulerOf(process),
      clock: process.clock,
      logger: this.#logger(process),
      lease: leaseMs,
      clockSkew: "2s",
      watchdog: watchdogMs,
      newsEvery: "1s",
      gracePeriod: "10m",
      cachedRuns,
      replay,
      newId: () => `id${String(this.#ids++).padStart(8, "0")}`,
      random: () => random.next(),
    });
    this.#engines.set(process, engine as unknown as Engine);
    return engine as unknown as Engine;
  }

  #logger(process: Process): Logger {
    const note = (message: string): void =>
      this.world.note(() => `${process.name} logs ${message}`);
    const logger: Logger = {
      debug: () => {},
      info: () => {},
      warn: (message) => note(message),
      // The engine logs an error only for a run that cannot go on.
      error: (message) => this.witness.complain(message),
      child: () => logger,
    };
    return logger;
  }
}
