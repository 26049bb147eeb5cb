/** Those who start the run and ask things of it: each until he has an answer. */

import {
  ContentionError,
  SchedulerUnavailableError,
  StoreUnavailableError,
} from "../../src/core/errors.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { DetentError } from "../../src/index.ts";
import type { Role } from "../simulation/cast.ts";
import { Posters } from "./posters.ts";
import type { Ask, Program } from "./program.ts";
import { Senders } from "./senders.ts";
import type { Stage } from "./stage.ts";
import type { StagedProcess } from "./staged-process.ts";

interface Request {
  ask: Ask;
  state: "open" | "asked" | "answered";
  by: StagedProcess | undefined;
  times: number;
  /** It came before what it is about, and comes again when the log has gone on. */
  isEarly: boolean;
}

interface Scene {
  stage: Stage;
  role: Role;
  program: Program;
  receiver(call: string): StagedProcess;
  engineOf(process: StagedProcess): Engine;
}

export class Callers {
  readonly #scene: Scene;
  readonly #requests: Request[];
  readonly #seen = new Set<string>();

  /** Who answers the hooks. */
  readonly senders: Senders;
  /** Who sends messages. */
  readonly posters: Posters;
  /** When pauses and resumes were written and answered. */
  readonly pauses: number[] = [];

  constructor(scene: Scene) {
    this.#scene = scene;
    const { callers = 1, asks } = scene.program;
    const starts = Array.from({ length: callers }, () => this.#start());
    const moment = (): number => scene.stage.moment;
    this.senders = new Senders(scene.program, { moment });
    this.posters = new Posters(scene.program, { moment });
    this.#requests = [...starts, ...asks, ...this.posters.asks].map(requestOf);
    for (const sight of ["run.paused", "run.resumed"]) this.#noteEach(sight);
    const { witness } = scene.role;
    for (const { once } of asks) {
      if (once !== undefined) witness.once(once, () => this.#seen.add(once));
    }
  }

  get areBusy(): boolean {
    return this.#requests.some(({ state }) => state === "asked");
  }

  get areDone(): boolean {
    return this.#requests.every(({ state }) => state === "answered");
  }

  /** The requests that may come now; of equal ones the first. */
  get due(): { ask(): void }[] {
    const named = new Map<string, Request>();
    for (const request of this.#requests) {
      const { ask, state } = request;
      if (state !== "open" || request.isEarly || named.has(ask.what) || !this.#mayCome(ask))
        continue;
      named.set(ask.what, request);
    }
    return [...named.values()].map((request) => ({ ask: () => this.#ask(request) }));
  }

  get state(): string {
    const requests = this.#requests.map(({ ask, state, isEarly }) => [ask.what, state, isEarly]);
    return JSON.stringify([requests.sort(), this.senders.state, this.posters.state]);
  }

  /** Somebody has the token of a hook. */
  learn(hook: string, token: string): void {
    this.#requests.push(...this.senders.learn(hook, token).map(requestOf));
  }

  /** Who has lost his process asks again. */
  lose(process: StagedProcess): void {
    for (const request of this.#requests) {
      if (request.state === "asked" && request.by === process) request.state = "open";
    }
  }

  #mayCome({ what, once }: Ask): boolean {
    if (what === "start") return true;
    return (
      this.#scene.role.witness.begun !== undefined && (once === undefined || this.#seen.has(once))
    );
  }

  #ask(request: Request): void {
    const { stage, role, receiver, engineOf } = this.#scene;
    const { ask } = request;
    const times = request.times++;
    const process = receiver(`${this.#requests.indexOf(request)} ${times}`);
    request.state = "asked";
    request.by = process;
    stage.note(() => `${process.name} is asked to ${ask.what}`);
    // An id is made of a key by the platform, in its own time.
    if (ask.what === "start") stage.await(process.nextCall("store.runs.create"));
    stage.begin(process, ask.what, async () => {
      try {
        const began = stage.moment;
        const outcome = await ask.ask(engineOf(process), role);
        request.state = "answered";
        stage.note(() => `${process.name} answers ${outcome}`);
        const { what } = ask;
        const { moment } = stage;
        if (what === "pause" || what === "resume") {
          this.pauses.push(moment);
          role.witness.pauses.answered({ outcome, began, moment });
        }
        if (what !== "cancel" && what !== "terminate") return;
        role.witness.answers.push({ what, outcome, moment });
      } catch (error) {
        stage.note(() => `${process.name} fails to ${ask.what}: ${error}`);
        request.state = "open";
        if (isEarly(error)) return this.#wait(request);
        if (!isOutage(error)) role.witness.complain(`${ask.what} failed: ${error}`);
      }
    });
  }

  #noteEach(sight: string): void {
    const { role, stage } = this.#scene;
    role.witness.once(sight, () => {
      this.pauses.push(stage.moment);
      this.#noteEach(sight);
    });
  }

  #wait(request: Request): void {
    request.isEarly = true;
    this.#scene.role.witness.once("entry", () => {
      request.isEarly = false;
    });
  }

  #start(): Ask {
    const { role, program } = this.#scene;
    const named =
      program.callers === undefined ? { runId: role.runId } : { idempotencyKey: "the same" };
    return {
      what: "start",
      ask: async (engine) => {
        const { runId } = await engine.start(role.workflow, role.program, named);
        if (role.runId !== runId) role.witness.complain(`a start answered ${runId}`);
        return `run ${runId}`;
      },
    };
  }
}

function requestOf(ask: Ask): Request {
  return { ask, state: "open", by: undefined, times: 0, isEarly: false };
}

/** The code may give a token away that is not in the log yet. */
function isEarly(error: unknown): boolean {
  return error instanceof DetentError && error.code === "hook.notFound";
}

/** What a store or a queue out of reach comes to, and a run that too many want at once. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof StoreUnavailableError ||
    error instanceof SchedulerUnavailableError ||
    error instanceof ContentionError
  );
}
