/**
 * One run as this process knows it: its head, what its log says, and its live code.
 *
 * It owns these, and everything else that all turns of the run here share: the attempts that execute,
 * the tasks that finished and the messages that were sent. What one turn finds out or does is the
 * turn's (`turn/advance.ts`). It decides nothing: events come in through `foresee` and `append`, news of
 * others through `catchUp`; where the code stands goes out through `outcome`, what the log says through
 * `state`, and what its attempts must hear through `attempts.tell`. That nothing uncommitted is believed
 * is `LiveCode`'s (E1); that it is fed each entry once, in order, is the session's.
 *
 * E2. What is known may be out of date, never wrong: every decision ends in a conditional append,
 *     and before a turn concludes that there is nothing to do, it reads what is new.
 * E3. Reading, deciding and appending happen one at a time (`exclusive`); steps run beside it.
 */

import { LABEL } from "../../core/bounds.ts";
import { RunNotFoundError } from "../../core/errors.ts";
import { type Entry, type EventOf, isFromOutside, type LogEvent } from "../../core/events.ts";
import { begin, fold } from "../../core/fold.ts";
import type { Outcome } from "../../core/outcome.ts";
import { isEnded } from "../../core/run.ts";
import { hasOpenSteps, type RunState } from "../../core/run-state.ts";
import { hasPassed } from "../../ports/clock.ts";
import type { AppendAnswer, AppendOptions, KeptEntry, RunHead, RunKey } from "../../ports/store.ts";
import { Lock } from "../process/mutex.ts";
import { loadLog } from "../replay/load-log.ts";
import { replayLog } from "../replay/replay-log.ts";
import { verifyAgainstCold } from "../replay/verify.ts";
import type { Services } from "../services.ts";
import { Births } from "./births.ts";
import { FinishedTasks } from "./finished-tasks.ts";
import { IncomingMessages } from "./incoming-messages.ts";
import { KnownHead } from "./known-head.ts";
import { KnownLog } from "./known-log.ts";
import { LiveCode } from "./live-code.ts";
import { LogOver } from "./log-over.ts";
import { NextGeneration } from "./next-generation.ts";
import { OpenRows } from "./open-rows.ts";
import { RunTasks } from "./run-tasks.ts";
import { RunningAttempts } from "./running-attempts.ts";
import { SentMessages } from "./sent-messages.ts";

/** From entry 0 on. */
type Log = readonly [Entry, ...KeptEntry[]];

export interface Loaded {
  head: RunHead | undefined;
  session?: Session;
}

export class Session {
  readonly services: Services;
  readonly key: RunKey;
  readonly knownHead: KnownHead;
  state: RunState;
  readonly attempts = new RunningAttempts();
  readonly finished = new FinishedTasks();
  readonly sent = new SentMessages();
  readonly rows = new OpenRows();
  readonly incoming = new IncomingMessages();
  readonly tasks: RunTasks;
  readonly births: Births;
  readonly nextGeneration: NextGeneration;
  /** Entry 0 of the log. */
  readonly start: Entry;

  readonly #lock = new Lock();
  readonly #log: KnownLog;
  readonly #code: LiveCode;
  /** Something failed half-way: what is known may not hang together. */
  #broken = false;
  #users = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  private constructor(services: Services, head: RunHead, [start, ...entries]: Log) {
    this.services = services;
    this.key = { runId: head.runId, incarnation: head.incarnation };
    this.knownHead = new KnownHead(services, head);
    this.tasks = new RunTasks(services, this.key);
    this.births = new Births(services);
    this.start = start;
    this.state = entries.reduce(fold, begin(start));
    this.nextGeneration = new NextGeneration(services.registry, startedBy(start));
    this.#log = new KnownLog([start, ...entries]);
    this.#code = new LiveCode(async () => {
      this.births.clear();
      return await replayLog(services, this.head, await this.entries());
    });
    this.rows.note(entries);
    this.usedAt = services.clock.now();
    this.knownAt = this.usedAt;
  }

  /** Of a run that was started just now. */
  static begin(services: Services, head: RunHead, start: Entry): Session {
    return new Session(services, head, [start]);
  }

  /**
   * Of a run that goes on. Of one that has ended the head says all that matters, however long its log.
   * @returns no session if the run has ended, and no head if there is no such run.
   */
  static async load(services: Services, runId: string): Promise<Loaded> {
    const head = LABEL.test(runId)
      ? await services.store.runs.get(runId, services.clock.now())
      : undefined;
    if (!head || isEnded(head.status)) return { head };
    const [start, ...entries] = await loadLog(services.store, head);
    // Another run has its id by now, and what was left of this one is deleted.
    if (!start) return await Session.load(services, runId);
    const session = new Session(services, head, [start, ...entries]);
    // Its log was exchanged after the head was read.
    if (session.state.continued) return await Session.load(services, runId);
    return { head, session };
  }

  /** When it was last used by a turn, by the clock. */
  usedAt: number;
  /** When everything in the log was last known, by the clock. */
  knownAt: number;
  /** How often everything in the log was known: whoever knew less before that knows it since. */
  timesKnown = 0;
  /** Whether there is no such run any more, or it goes on in another log; a younger one may have its id. */
  gone = false;
  /** Whether the run is loaded anew by the next turn that comes. */
  retired = false;
  /** The fault that was recorded on the run's head last, and how far the log was then. */
  reported: { fault: Error; position: number } | undefined;
  /** What turns write to the head, one after the other, beside what is read, decided and appended. */
  readonly headWrites = new Lock();

  /** As far as it is known: others may have changed it since. */
  get head(): RunHead {
    return this.knownHead.head;
  }

  get busy(): boolean {
    return this.#users > 0 || this.attempts.size > 0;
  }

  /**
   * Whether it is time to read whether others have written, while only attempts are awaited: no more
   * often than a step that asks is told of news. Who is answered yes does so.
   */
  shouldAsk(): boolean {
    const { clock, settings } = this.services;
    const since = Math.max(this.knownAt, this.#askedAt);
    if (!hasPassed(clock, since, settings.newsEveryMs)) return false;
    this.#askedAt = clock.now();
    return true;
  }

  /** @param tell is called when the code goes on by itself, and so meets a fault that nobody sees. */
  whenFaulty(tell: () => void): void {
    this.#code.whenFaulty(tell);
  }

  /** While it is used, the cache keeps it. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work();
    } finally {
      this.#users -= 1;
      this.usedAt = this.services.clock.now();
      if (!this.busy) this.#log.shrink();
    }
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    return await this.#lock.run(async () => {
      this.#mustGoOn();
      // Whoever is ahead and did not append has thrown.
      if (this.#broken) await this.#reload();
      try {
        return await work();
      } catch (error) {
        this.#broken = true;
        throw error;
      }
    });
  }

  /** Where the code stands. @throws WorkflowNotFoundError when it is not deployed here. */
  async outcome(): Promise<Outcome> {
    const outcome = await this.#code.outcome();
    await this.births.prepare(outcome, this.head);
    return outcome;
  }

  /** Shows the code events that are about to be appended (E1). */
  async foresee(events: readonly LogEvent[], at: number): Promise<void> {
    await this.#code.foresee(events, at);
  }

  /** Appends at the tail. If others were faster, what they wrote is known then. */
  async append(events: LogEvent[], at: number, options: AppendOptions = {}): Promise<boolean> {
    const { change, dueAt, next } = options;
    const entry: Entry = { position: this.state.position, id: this.services.newId(), at, events };
    const answer = await this.#write(entry, options);
    const shown = this.#code.settle(answer.outcome === "appended");
    if (answer.outcome !== "appended") {
      if (answer.outcome === "conflict") await this.#learn([answer.entry]);
      if (answer.outcome === "ended") this.knownHead.know(answer.head);
      if (answer.outcome === "taken") this.births.refuseTaken(answer.runIds);
      await this.catchUp();
      return false;
    }
    this.births.forget(events);
    await this.#follow({ ...entry, ...(dueAt !== undefined && { dueAt }) }, { shown, own: true });
    // A sender does not run the code: what it says is for the next to write who does.
    if (!isFromOutside(entry)) this.say();
    if (change && !next) this.knownHead.change(entry.position, change);
    if (this.services.settings.replay === "verify") {
      const { position } = this.state;
      await verifyAgainstCold(this.services, this.head, { live: this.#code.execution, position });
    }
    return true;
  }

  /** Writes the log lines of code whose place is in the log, or will not be. */
  say(): void {
    this.#code.say();
  }

  async #write(entry: Entry, options: AppendOptions): Promise<AppendAnswer> {
    try {
      return await this.services.store.log.append(this.key, entry, options);
    } catch (error) {
      if (error instanceof RunNotFoundError) this.gone = true;
      throw error;
    }
  }

  /** Reads what is new in the log. @returns whether there was something. */
  async catchUp(): Promise<boolean> {
    const entries = await this.services.store.log.read(this.key, { from: this.state.position });
    this.#isCurrent();
    await this.#learn(entries);
    return entries.length > 0;
  }

  /** Takes note of what others appended. */
  async #learn(entries: readonly KeptEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#code.overtaken();
    for (const entry of entries) {
      const { pause } = this.state;
      await this.#follow(entry, { shown: false, own: false });
      // The head says then that it is being cancelled, is paused or goes on, or rests.
      const isSaid = this.state.cancellation ?? this.state.pause ?? pause;
      if (isSaid || !hasOpenSteps(this.state)) this.knownHead.doubt();
    }
    this.#mustGoOn();
  }

  /** @throws LogOver when nothing can follow in this log any more. */
  #mustGoOn(): void {
    if (!this.state.continued) return;
    this.gone = true;
    throw new LogOver(this.key.runId);
  }

  /** Reads everything anew, as what is known may be wrong. */
  async #reload(): Promise<void> {
    this.#broken = true;
    this.gone = !(await this.knownHead.read());
    const entries = await this.services.store.log.read(this.key, { from: 1 });
    this.state = entries.reduce(fold, begin(this.start));
    this.#code.forget();
    this.rows.clear();
    this.rows.note(entries);
    this.#log.replace([this.start, ...entries]);
    this.#broken = false;
    this.#isCurrent();
    this.#tellAttempts();
    this.#mustGoOn();
  }

  async #follow(entry: KeptEntry, { shown, own }: { shown: boolean; own: boolean }): Promise<void> {
    this.#log.push(entry);
    this.rows.note([entry]);
    if (!shown) await this.#code.feed(entry, { own });
    this.state = fold(this.state, entry);
    this.#isCurrent();
    this.#tellAttempts();
  }

  #isCurrent(): void {
    this.timesKnown += 1;
    this.knownAt = this.services.clock.now();
  }

  /** Attempts that execute here learn at once what the log says. */
  #tellAttempts(): void {
    const { cancellation, ended, continued } = this.state;
    if (!cancellation && !ended && !continued) return;
    this.attempts.tell({ cancellation, ended, continued });
  }

  /** The log as far as it is known. */
  async entries(): Promise<readonly Entry[]> {
    const known = this.#log.entries;
    if (known) return known;
    const { position } = this.state;
    const read =
      position > 1
        ? await this.services.store.log.read(this.key, { from: 1, limit: position - 1 })
        : [];
    this.#log.replace([this.start, ...read]);
    return [this.start, ...read];
  }
}

function startedBy({ events: [event] }: Entry): EventOf<"workflow.started"> {
  if (event?.type !== "workflow.started") throw new Error("entry 0 does not start a run");
  return event;
}
