import type { AnyChannel } from "../authoring/channel.ts";
import type { AnyWorkflow } from "../authoring/workflow.ts";
import { type Duration, toMillis } from "../core/duration.ts";
import { ConfigurationError, InvalidInputError } from "../core/errors.ts";
import { createConsoleLogger } from "../platform/json-logger.ts";
import { systemClock } from "../platform/system-clock.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Observer } from "../ports/observer.ts";
import type { Continuation, Scheduler } from "../ports/scheduler.ts";
import type { Store } from "../ports/store.ts";
import { cancelAll } from "./calls/cancel-all.ts";
import { pauseRun, resumeRun } from "./calls/pause-run.ts";
import { listChildren } from "./calls/read-children.ts";
import { getEvents } from "./calls/read-events.ts";
import { openHooks } from "./calls/read-hooks.ts";
import { endOf, getRun, listRuns, waitMillis } from "./calls/read-runs.ts";
import { resumeHook } from "./calls/resume-hook.ts";
import { sendMessage } from "./calls/send-message.ts";
import { type Started, startRun } from "./calls/start-run.ts";
import { requestCancel, terminateRun } from "./calls/stop-run.ts";
import { sweep } from "./calls/sweep.ts";
import { askAll } from "./calls/unended-runs.ts";
import { waitForEnd } from "./calls/wait-for-end.ts";
import { wakeKnown, wakeRun } from "./calls/wake-run.ts";
import {
  noteGivenUp,
  reportProblem,
  reportRefused,
  withdrawProblem,
} from "./commit/report-given-up.ts";
import { boundedScheduler } from "./continuations/bounded-scheduler.ts";
import type {
  CancelAnswer,
  CancelOptions,
  Engine,
  RunEnd,
  RunHandle,
  SendOptions,
  StartOptions,
  WaitOptions,
} from "./engine.ts";
import { Observing } from "./observe/observers.ts";
import { persistentStore } from "./persistent-store.ts";
import { EndWaiters } from "./process/end-waiters.ts";
import { HeadReadings } from "./process/head-readings.ts";
import { WaitReadings } from "./process/known-waits.ts";
import { Sightings } from "./process/sightings.ts";
import { Registry } from "./registry.ts";
import type { ReplayMode, Settings } from "./services.ts";
import { SessionCache } from "./session/session-cache.ts";
import type { Worker } from "./session/worker.ts";
import { Turns } from "./turn/turns.ts";

export interface EngineOptions<W extends AnyWorkflow> {
  workflows: readonly W[];
  store: Store;
  scheduler: Scheduler;
  clock?: Clock | undefined;
  logger?: Logger | undefined;
  /** Who is told what happens to runs, such as `createTelemetry()` of `detent/telemetry`. */
  observer?: Observer | readonly Observer[] | undefined;
  /** How long clean-up may take from the delivery on, unless the request says. Default 15 min. */
  gracePeriod?: Duration | undefined;
  /** How long a claim lasts where neither platform nor step timeout tells. Default 15 s. */
  lease?: Duration | undefined;
  /**
   * How long a step whose code goes on after its `timeout`, in spite of its signal, holds up its next
   * attempt and the delivery of a cancellation. Then it is left behind. Default 5 s; never so long that
   * its function, where the platform tells its time, could not record that any more.
   */
  abandonAfter?: Duration | undefined;
  /** By how much the clocks of different machines may disagree. Default 2 s. */
  clockSkew?: Duration | undefined;
  /**
   * How long messages for a version that is not registered here are handed on to engines that may
   * know it, before the run shows a problem. Default 30 s; 0 where there is no other engine.
   */
  handOver?: Duration | undefined;
  /** How long a run may make no progress before the sweep sends it again. Default 1 min. */
  watchdog?: Duration | undefined;
  /** How often `checkCancellation()` and `signal` ask the store, at most. Default 1 s. */
  newsEvery?: Duration | undefined;
  /** How many runs a warm process keeps at hand. Default 500. */
  cachedRuns?: number | undefined;
  /** `"verify"` compares every live execution with a cold replay: for tests. Default `"live"`. */
  replay?: ReplayMode | undefined;
  /** Makes ids; must never make one twice. Default `crypto.randomUUID`. */
  newId?: (() => string) | undefined;
  /** From 0 to 1, for jitter. Default `Math.random`. */
  random?: (() => number) | undefined;
}

/**
 * An engine over a store and a scheduler.
 *
 * @example
 * const scheduler = createLocalScheduler();
 * const engine = createEngine({ workflows: [order], store: createMemoryStore(), scheduler });
 * scheduler.start(engine);
 * const run = await engine.start(order, { orderId: "123" });
 * @throws ConfigurationError, InvalidInputError for options that cannot be used.
 */
export function createEngine<const W extends AnyWorkflow>(options: EngineOptions<W>): Engine<W> {
  const worker = assemble(options);
  const registry = new Registry(options.workflows);
  const turns = new Turns(worker);
  options.scheduler.onGivenUp?.((runId, why) => reportRefused(worker, runId, why));

  const ended = async (answer: CancelAnswer, timeoutMs: number): Promise<CancelAnswer> => {
    if (answer.outcome === "already-ended") return answer;
    const { status } = await waitForEnd(worker, answer.runId, timeoutMs);
    return { ...answer, status };
  };

  const cancel = async (runId: string, how: CancelOptions = {}): Promise<CancelAnswer> => {
    const timeoutMs = waitMillis(how);
    const answer = await requestCancel(worker, runId, how);
    return how.wait ? await ended(answer, timeoutMs) : answer;
  };

  const end = async (runId: string, { timeout }: WaitOptions = {}): Promise<RunEnd> => {
    const timeoutMs = timeout === undefined ? undefined : toMillis(timeout, "timeout");
    return await endOf(worker, await waitForEnd(worker, runId, timeoutMs));
  };

  const result = async (run: string | { runId: string }, how?: WaitOptions): Promise<unknown> => {
    const ended = await end(typeof run === "string" ? run : run.runId, how);
    if ("error" in ended) throw ended.error;
    return ended.output;
  };

  const handle = ({ head, existing }: Started): RunHandle<unknown> => ({
    runId: head.runId,
    status: head.status,
    existing,
    result: (how) => result(head.runId, how),
    cancel: (how) => cancel(head.runId, how),
  });

  const start = async (
    workflow: AnyWorkflow | string,
    input?: unknown,
    how: StartOptions = {},
  ): Promise<RunHandle<unknown>> => {
    const found =
      typeof workflow === "string"
        ? registry.newest(workflow)
        : registry.version(workflow?.name, workflow?.version);
    return handle(await startRun(worker, { workflow: found, input }, how));
  };

  /** Whether it has looked for runs that waited for it to come up. */
  let cameUp = false;

  return {
    workflows: registry.all,
    start: start as Engine<W>["start"],
    cancel,
    cancelAll: (filter, how = {}) => {
      const ask = (runId: string) => requestCancel(worker, runId, how);
      return cancelAll(worker, { filter, how }, { ask, ended });
    },
    pause: (runId, how = {}) => pauseRun(worker, runId, how),
    resume: (runId, how = {}) => resumeRun(worker, runId, how),
    pauseAll: (filter, how = {}) => askAll(worker, filter, (runId) => pauseRun(worker, runId, how)),
    resumeAll: ({ status = "paused", ...filter }, how = {}) =>
      askAll(worker, { ...filter, status }, (runId) => resumeRun(worker, runId, how)),
    terminate: (runId, how = {}) => terminateRun(worker, runId, how),
    resumeHook: (token, payload, how = {}) => resumeHook(worker, token, { ...how, payload }),
    send: (runId: string, channel: AnyChannel | string, payload: unknown, how: SendOptions = {}) =>
      sendMessage(worker, runId, { ...how, channel: nameOf(channel), payload }),
    hooks: (runId) => openHooks(worker, runId),
    getRun: (runId) => getRun(worker, runId),
    listRuns: (query = {}) => listRuns(worker, query),
    children: (runId, query = {}) => listChildren(worker, runId, query),
    getEvents: (runId, how = {}) => getEvents(worker, runId, how),
    waitForEnd: end,
    result: result as Engine<W>["result"],
    turn: async (continuation: Continuation, how) => await turns.turn(checked(continuation), how),
    wake: (runId) => wakeRun(worker, runId),
    sweep: async (how = {}) => {
      const answer = await sweep(worker, how);
      if (!cameUp) await wakeKnown(worker);
      cameUp = true;
      return answer;
    },
    reportProblem: (runId, error, how) => reportProblem(worker, runId, { thrown: error, ...how }),
    noteGivenUp: (runId) => noteGivenUp(worker, runId),
    withdrawProblem: (runId, problem) => withdrawProblem(worker, runId, problem),
  };
}

/** Of a channel, or what was given for its name. */
function nameOf(channel: AnyChannel | string): string {
  return typeof channel === "string" ? channel : channel?.name;
}

function checked(continuation: Continuation): Continuation {
  const { runId, task } = continuation ?? {};
  const isTask = task === undefined || (Number.isSafeInteger(task) && task >= 0);
  if (typeof runId === "string" && runId !== "" && isTask) return continuation;
  throw new InvalidInputError(
    "A continuation is { runId, task? }: a run's id and, for a task, its command.",
  );
}

function assemble<W extends AnyWorkflow>(options: EngineOptions<W>): Worker {
  const { store, scheduler, clock = systemClock, logger = createConsoleLogger() } = options;
  if (!Array.isArray(options.workflows)) {
    throw new ConfigurationError("createEngine needs workflows: [ … ].");
  }
  if (!store || !scheduler) {
    throw new ConfigurationError("createEngine needs a store and a scheduler.");
  }
  const random = options.random ?? Math.random;
  const persistent = persistentStore(store, clock, random);
  return {
    store: persistent,
    scheduler: boundedScheduler(scheduler),
    clock,
    logger,
    newId: options.newId ?? (() => crypto.randomUUID()),
    random,
    settings: settingsOf(options),
    registry: new Registry<AnyWorkflow>(options.workflows),
    sightings: new Sightings(clock),
    sessions: new SessionCache(cachedRuns(options.cachedRuns), clock, store.retentionMs),
    heads: new HeadReadings(persistent, clock),
    waiters: new EndWaiters(),
    waits: new WaitReadings(cachedRuns(options.cachedRuns)),
    observing: new Observing([options.observer ?? []].flat(), { clock, logger }),
  };
}

function cachedRuns(limit = 500): number {
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new ConfigurationError("The option cachedRuns must be a whole number, 0 or more.");
}

/** A duration that must be longer than nothing. */
function positive(duration: Duration, name: string): number {
  const millis = toMillis(duration, name);
  if (millis > 0) return millis;
  throw new ConfigurationError(`The option ${name} must be longer than 0 ms.`);
}

function settingsOf(options: Omit<EngineOptions<AnyWorkflow>, "workflows">): Settings {
  return {
    gracePeriodMs: toMillis(options.gracePeriod ?? "15m", "gracePeriod"),
    handOverMs: toMillis(options.handOver ?? "30s", "handOver"),
    abandonAfterMs: toMillis(options.abandonAfter ?? "5s", "abandonAfter"),
    leaseMs: positive(options.lease ?? "15s", "lease"),
    skewMs: toMillis(options.clockSkew ?? "2s", "clockSkew"),
    watchdogMs: positive(options.watchdog ?? "1m", "watchdog"),
    newsEveryMs: toMillis(options.newsEvery ?? "1s", "newsEvery"),
    replay: options.replay ?? "live",
  };
}
