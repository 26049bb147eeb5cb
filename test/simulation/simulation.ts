/** Simulates one run of a scenario to its end, and says what was wrong with it. */
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { ContentionError, StoreUnavailableError } from "../../src/core/errors.ts";
import type { Entry } from "../../src/core/events.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/index.ts";
import { getContext, workflow } from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Continuation } from "../../src/ports/scheduler.ts";
import type { RunHead, Store } from "../../src/ports/store.ts";
import { Climate } from "./climate.ts";
import { Fleet } from "./fleet.ts";
import { interpret } from "./interpret.ts";
import type { Fortune, Process } from "./process.ts";
import type { Node } from "./program.ts";
import { Queue } from "./queue.ts";
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
  readonly #fleet: Fleet;
  readonly #engines = new Map<Process, Engine>();
  readonly #random: Random;
  readonly #climate: Climate;
  #ids = 0;

  constructor(scenario: Scenario, options: { tracing: boolean; fortune?: Fortune }) {
    this.#scenario = scenario;
    this.#random = new Random(`world/${scenario.seed}`);
    this.world = new World(options);
    this.witness = new Witness(this.world);
    this.#climate = new Climate(this.world, scenario, this.#random);
    const fortune = options.fortune ?? this.#climate;
    this.#fleet = new Fleet(this.world, scenario.fleet, this.#random, fortune);
    this.queue = new Queue(this.world, {
      visibilityMs: scenario.visibilityMs,
      journey: (continuation) => this.#climate.journey(continuation),
      receiver: () => this.#fleet.receiver(),
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
    const isQuiet = (): boolean => queue.isEmpty && this.#fleet.isIdle;
    if (!(await world.until(isQuiet, limitMs))) {
      witness.complain("messages are left long after the run has ended");
    }
  }

  async #result(): Promise<Simulated> {
    const { world, witness, queue, store } = this;
    const head = await store.runs.get(RUN_ID, 0);
    const log = head ? await store.log.read(head, { from: 0 }) : [];
    const { violations } = witness;
    return { scenario: this.#scenario, witness, queue, world, head, log, violations };
  }

  #begin(): void {
    const { actions, sweepEveryMs, visitEveryMs, strays } = this.#scenario;
    this.#start();
    for (const action of actions) {
      const act = (): void => this.world.after(action.afterMs, () => this.#act(action));
      if (action.once === undefined) act();
      else this.witness.once(action.once, act);
    }
    if (sweepEveryMs !== undefined) this.#sweepEvery(sweepEveryMs);
    if (visitEveryMs !== undefined) this.#visitEvery(visitEveryMs);
    for (const { afterMs, ...names } of strays) {
      this.queue.bring({ runId: RUN_ID, ...names }, afterMs);
    }
    this.#climate.brew(() => this.#fleet.alive());
  }

  /** Starting again with the same id is how a caller without an answer goes on. */
  #start(): void {
    const { program, startAtMs } = this.#scenario;
    const process = this.#fleet.anyone();
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
    const process = this.#fleet.anyone();
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
      const process = this.#fleet.anyone();
      if (!process || this.witness.ended) return;
      this.#engineOf(process)
        .sweep({ horizonMs: this.#scenario.sweepAhead ? everyMs : undefined })
        .catch((error: unknown) => this.#expectOutage("sweep", error));
    });
  }

  #visitEvery(everyMs: number): void {
    this.world.after(everyMs, () => {
      this.#visitEvery(everyMs);
      const process = this.#fleet.receiver();
      if (!process || this.witness.ended) return;
      this.world.note(() => `${process.name} is visited`);
      this.#turn(process, { runId: RUN_ID }).catch(() => {});
    });
  }

  async #turn(process: Process, continuation: Continuation): Promise<void> {
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
