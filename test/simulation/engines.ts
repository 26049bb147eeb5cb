/** The engine of each process of a fleet. */
import type { Engine } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/index.ts";
import { getContext } from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Observer } from "../../src/ports/observer.ts";
import type { Scheduler } from "../../src/ports/scheduler.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Audience } from "./audience.ts";
import { type Cast, SKEW_MS } from "./cast.ts";
import { workflowsOf } from "./editions.ts";
import { SAID, type StepHost } from "./interpret.ts";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { isHindering } from "./variety.ts";
import { watchedStore } from "./watched-store.ts";

interface World {
  scenario: Scenario;
  cast: Cast;
  store: Store;
  schedulerOf(process: Process): Scheduler;
  audience: Audience;
  random: Random;
  /** Something went wrong that the engine itself could do nothing about. */
  mishap(): void;
  /** What an engine tells, as it comes to the audience. */
  observed(observer: Observer): Observer;
  skewMs: number | undefined;
  /** Somebody outside is told the token of a hook. */
  gave(hook: string, token: string): void;
}

export class Engines {
  readonly #engines = new Map<Process, Engine>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  of(process: Process): Engine {
    const known = this.#engines.get(process);
    if (known) return known;
    const { scenario, cast, store, audience, skewMs = SKEW_MS } = this.#world;
    const { replay, cachedRuns, leaseMs, watchdogMs, maxDurationMs, variety } = scenario;
    const { edition, name } = process;
    const random = this.#world.random.fork(name);
    let ids = 0;
    const engine = createEngine({
      workflows: workflowsOf(variety.deployment, {
        edition,
        host: this.#hostOf(process),
        maxDurationMs,
      }),
      store: watchedStore(store, process, cast),
      scheduler: this.#world.schedulerOf(process),
      clock: process.clock,
      logger: this.#loggerOf(process),
      observer: variety.observed
        ? this.#world.observed({ notify: (observation) => audience.heard(observation) })
        : undefined,
      lease: leaseMs,
      clockSkew: skewMs,
      watchdog: watchdogMs,
      newsEvery: "1s",
      gracePeriod: "10m",
      cachedRuns,
      replay,
      // Its own: what a process makes depends on nothing that others do.
      newId: () => `id${name}.${String(ids++).padStart(6, "0")}`,
      random: () => random.next(),
    });
    this.#engines.set(process, engine as unknown as Engine);
    return engine as unknown as Engine;
  }

  #hostOf(process: Process): StepHost {
    const { cast } = this.#world;
    return {
      pause: (ms) => process.pause(ms),
      begin: (name) => {
        const { runId, idempotencyKey, attempt = 0 } = getContext();
        return cast.of(runId).sawBegin(process, name, { key: idempotencyKey, attempt });
      },
      complain: (what) => {
        // A run that has ended tells its steps, whatever their shields.
        const witness = cast.of(getContext().runId);
        if (!witness.ended) witness.complain(what);
      },
      gave: (hook, token) => this.#world.gave(hook, token),
      edition: process.edition,
    };
  }

  #loggerOf(process: Process): Logger {
    const { scenario, cast } = this.#world;
    const expected = expectedErrors(scenario);
    const loggerFor = (runId: string | undefined): Logger => ({
      debug: () => {},
      info: (message) => {
        if (message === SAID && runId !== undefined) cast.of(runId).said += 1;
      },
      warn: (message) => process.world.note(() => `${process.name} logs ${message}`),
      // The engine logs an error only for a run that cannot go on.
      error: (message, fields) => {
        process.world.note(() => `${process.name} logs ${message}`);
        this.#world.mishap();
        const code = String(fields?.["code"]);
        cast.main.witness.problems.push(code);
        if (!expected.has(code)) cast.complain(message);
      },
      child: (fields) => loggerFor(fields["runId"] === undefined ? runId : String(fields["runId"])),
    });
    return loggerFor(undefined);
  }
}

/** The codes of the problems that a run may show, and rightly. */
function expectedErrors({ variety }: Scenario): ReadonlySet<string> {
  const { deployment, givenUpAfter } = variety;
  const codes: string[] = [];
  if (deployment && isHindering(deployment.what)) {
    codes.push("workflow.nonDeterministic", "workflow.notFound");
  }
  if (givenUpAfter !== undefined) {
    codes.push("turn.givenUp", "turn.failed", "store.unavailable", "run.contended");
  }
  return new Set(codes);
}
