/** Those who start runs, ask them to stop, and wait for them. */
import {
  ContentionError,
  IdempotencyConflictError,
  StoreUnavailableError,
  TimeoutError,
} from "../../src/core/errors.ts";
import { isEnded } from "../../src/core/run.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type Cast, MAIN, type Role } from "./cast.ts";
import type { Fleet } from "./fleet.ts";
import { Pauser } from "./pauses.ts";
import type { Process } from "./process.ts";
import type { Action, Scenario } from "./scenario.ts";
import type { Sight } from "./sights.ts";
import type { Ask, Companion, Listing } from "./variety.ts";
import type { World } from "./world.ts";

/** Who is not served tries again, this much later. */
const AGAIN_MS = 100;
/** Who gets no answer to a start asks again, this much later. */
const UNANSWERED_MS = 2000;
/** How long those wait who wait for an end. */
const WAIT_MS = 40_000;

interface Stage {
  world: World;
  scenario: Scenario;
  cast: Cast;
  fleet: Fleet;
  engineOf(process: Process): Engine;
}

export class Callers {
  readonly #stage: Stage;
  readonly #calling = new Map<object, Process>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Whether somebody who is alive is at a call. */
  get areBusy(): boolean {
    return [...this.#calling.values()].some(({ alive }) => alive);
  }

  begin(): void {
    const { scenario, cast, world } = this.#stage;
    this.#start(cast.main, { startAtMs: scenario.startAtMs });
    for (const action of scenario.actions) this.#when(action, () => this.#act(cast.main, action));
    for (const listing of scenario.variety.lists) {
      world.after(listing.afterMs, () => {
        void this.serve("list", (engine) => this.#list(engine, listing));
      });
    }
    for (const ask of scenario.variety.asks) this.#when(ask, () => this.#ask(ask));
    this.#beginPauses();
    cast.onBirth = (role, { disturbed }) => {
      if (!disturbed) return;
      const action: Action = {
        ...disturbed,
        once: undefined,
        gracePeriodMs: undefined,
        againAfterMs: UNANSWERED_MS,
      };
      world.after(disturbed.afterMs, () => this.#act(role, action));
    };
    for (const companion of scenario.variety.company) {
      const role = cast.roles.find(({ name }) => name === companion.name);
      if (role) world.after(companion.afterMs, () => this.#bring(role, companion));
    }
  }

  #beginPauses(): void {
    const { scenario, cast, world } = this.#stage;
    const { pauses } = scenario.variety;
    const { witness } = cast.main;
    const serve = (what: string, work: (engine: Engine) => Promise<unknown>) =>
      this.serve(what, work);
    const isOver = () => witness.ended !== undefined;
    const pauser = new Pauser({ world, pauses: witness.pauses, isOver, serve }, MAIN);
    for (const spell of pauses) this.#when(spell, () => pauser.begin(spell));
    if (pauses.length > 0) pauser.care();
  }

  /** Has somebody who serves do something, now or as soon as there is somebody. */
  async serve(
    what: string,
    work: (engine: Engine, process: Process) => Promise<unknown>,
  ): Promise<void> {
    const { world, fleet, engineOf } = this.#stage;
    const process = fleet.anyone();
    if (!process) {
      world.after(AGAIN_MS, () => void this.serve(what, work));
      return;
    }
    const call = {};
    this.#calling.set(call, process);
    try {
      await work(engineOf(process), process);
    } catch (error) {
      this.expectOutage(what, error);
    } finally {
      this.#calling.delete(call);
    }
  }

  expectOutage(what: string, error: unknown): void {
    if (error instanceof StoreUnavailableError || error instanceof ContentionError) return;
    // The run may be asked for before it is there.
    if (error instanceof Error && "code" in error && error.code === "run.notFound") return;
    const told = error instanceof Error ? error.stack : error;
    this.#stage.cast.complain(`${what} failed: ${told}`);
  }

  #when({ afterMs, once }: { afterMs: number; once: string | undefined }, act: () => void): void {
    const { world, cast } = this.#stage;
    const plan = (): void => world.after(afterMs, act);
    if (once === undefined) plan();
    else cast.main.witness.once(once, plan);
  }

  #bring(role: Role, { callers, cancelAfterMs }: Companion): void {
    const { world } = this.#stage;
    for (let caller = 0; caller < callers; caller += 1) this.#start(role, { key: role.name });
    if (cancelAfterMs === undefined) return;
    const action: Action = {
      afterMs: 0,
      once: undefined,
      what: "cancel",
      gracePeriodMs: undefined,
      againAfterMs: UNANSWERED_MS,
    };
    world.after(cancelAfterMs, () => this.#act(role, action));
  }

  /** Starting again with the same id, or key, is how a caller without an answer goes on. */
  #start(role: Role, how: { startAtMs?: number | undefined; key?: string }): void {
    const { world } = this.#stage;
    const { startAtMs, key } = how;
    const startAt = startAtMs === undefined ? undefined : new Date(world.began + startAtMs);
    const named =
      key === undefined ? { runId: MAIN } : { idempotencyKey: `key of ${key}`, tags: [role.name] };
    let answered = false;
    world.after(UNANSWERED_MS, () => {
      if (!answered) this.#start(role, how);
    });
    void this.serve("start", async (engine, process) => {
      const started = engine.start(role.workflow, role.program, { ...named, startAt });
      // An id is made of a key by the platform, in its own time: none passes here meanwhile.
      const created = process.nextCall("store.runs.create");
      world.await(Promise.race([created, started.then(undefined, () => {})]));
      const { runId } = await started;
      answered = true;
      if (role.runId !== runId) role.witness.complain(`a start answered ${runId}`);
    });
  }

  #act({ runId, witness }: Role, action: Action): void {
    const { world } = this.#stage;
    const { what, gracePeriodMs: gracePeriod, againAfterMs } = action;
    if (runId === undefined) return;
    let answered = false;
    if (againAfterMs !== undefined) {
      world.after(againAfterMs, () => {
        if (!answered) this.#act({ runId, witness } as Role, action);
      });
    }
    void this.serve(what, async (engine, process) => {
      world.note(() => `${process.name} is asked to ${what}`);
      const { outcome } =
        what === "cancel"
          ? await engine.cancel(runId, { reason: "enough", requestedBy: "somebody", gracePeriod })
          : await engine.terminate(runId, { reason: "at once" });
      answered = true;
      world.note(() => `${process.name} answers ${outcome}`);
      witness.answers.push({ what, outcome, moment: world.moment });
    });
  }

  #ask({ what }: Ask): void {
    const { world } = this.#stage;
    void this.serve(what, async (engine, process) => {
      world.note(() => `${process.name} is asked to ${what}`);
      switch (what) {
        case "wait":
        case "end":
          return await this.#waitFor(engine, what);
        case "cancelAll":
          return await this.#cancelAll(engine);
        case "otherInput":
          return await this.#startOther(engine);
      }
    });
  }

  /** Who waits is told how it ended, or that it has not ended by then. */
  async #waitFor(engine: Engine, what: "wait" | "end"): Promise<void> {
    const { world, cast } = this.#stage;
    const { witness } = cast.main;
    const until = world.now + WAIT_MS;
    try {
      const { status } =
        what === "end"
          ? await engine.waitForEnd(MAIN, { timeout: WAIT_MS })
          : await engine.cancel(MAIN, { wait: true, timeout: WAIT_MS });
      if (witness.ended?.as !== `workflow.${status}`) {
        witness.complain(`who waited was told ${status}, and the run has ${witness.ended?.as}`);
      }
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      if (witness.ended && witness.ended.now < until) {
        witness.complain("who waited was told of no end, and the run had ended");
      }
    }
  }

  /** Every run that lives when it is called is reached, if it is listed by then. */
  async #cancelAll(engine: Engine): Promise<void> {
    const { world, cast, scenario } = this.#stage;
    const listed = world.now - scenario.variety.indexLagMs;
    const isListed = (begun: Sight | undefined): boolean =>
      begun !== undefined && begun.now <= listed;
    const living = cast.roles.filter(({ witness }) => isListed(witness.begun) && !witness.ended);
    for await (const { runId, outcome } of engine.cancelAll({}, { reason: "all of them" })) {
      cast.of(runId).answers.push({ what: "cancel", outcome, moment: world.moment });
    }
    for (const { witness } of living) {
      if (!witness.requested && !witness.ended) witness.complain("cancelAll did not reach the run");
    }
  }

  /** A run that exists all the while is not missed, and whoever is shown fits what was asked for. */
  async #list(engine: Engine, { ended, limit }: Listing): Promise<void> {
    const { world, cast, scenario } = this.#stage;
    const known = world.now - scenario.variety.indexLagMs;
    const since = (sight: Sight | undefined): boolean => sight !== undefined && sight.now < known;
    const standing = cast.roles.filter(({ witness }) =>
      since(ended ? witness.ended : witness.begun),
    );
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await engine.listRuns({ ended, limit, cursor });
      for (const { runId, status } of page.runs) {
        found.add(runId);
        if (ended !== undefined && isEnded(status) !== ended) {
          cast.of(runId).complain(`a list of ${ended ? "ended runs" : "runs that go on"} has it`);
        }
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    for (const { runId, witness } of standing) {
      const mayHaveLeft = ended === false && witness.ended !== undefined;
      if (!mayHaveLeft && !found.has(runId ?? "")) witness.complain("a list missed the run");
    }
  }

  /** The same id with another input is another run, and refused. */
  async #startOther(engine: Engine): Promise<void> {
    const { witness } = this.#stage.cast.main;
    const wasBegun = witness.begun;
    if (!wasBegun) return;
    try {
      await engine.start("generated", { kind: "say" }, { runId: MAIN });
      witness.complain("a start with another input was answered as if it were the same");
    } catch (error) {
      if (!(error instanceof IdempotencyConflictError)) throw error;
    }
  }
}
