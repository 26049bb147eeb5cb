/**
 * Continuations as signed requests to the app's `/continuations`: through a push queue, or straight
 * from this process. It stands beside the route that takes them, as the two are one protocol, and
 * knows nothing of the app.
 *
 * HS1. With `queue`, a message is kept (C1) when the queue has answered with success; the queue
 *      hands it in, keeps its delay, and repeats what failed (C2, C3).
 * HS2. Without it, a message is kept in this process, as long as that lives, until the app has
 *      answered its request; what a crash loses, the sweep sends again. `send` does not wait for the
 *      answer: it comes after the turn, which sends messages of its own.
 * HS3. Each request is signed when it is made, for the time when it is due.
 */
import { backoffMs, jittered } from "../core/backoff.ts";
import { type Duration, toMillis } from "../core/duration.ts";
import { ConfigurationError, DetentError, SchedulerUnavailableError } from "../core/errors.ts";
import { handOverPause } from "../core/hand-over.ts";
import { inParallel } from "../core/in-parallel.ts";
import { createConsoleLogger } from "../platform/json-logger.ts";
import { loggedError } from "../platform/logged-error.ts";
import { MemoryQueue } from "../platform/memory-queue.ts";
import { systemClock } from "../platform/system-clock.ts";
import { type Clock, pause } from "../ports/clock.ts";
import { writeContinuation } from "../ports/continuation.ts";
import type { Logger } from "../ports/logger.ts";
import {
  type Continuation,
  type GivenUp,
  MAX_DELAY_MS,
  type Message,
  type Scheduler,
} from "../ports/scheduler.ts";
import { SIGNATURE_HEADER } from "./protocol/continuations.ts";
import { JSON_TYPE } from "./protocol/media-types.ts";
import { continuationUrl, type PushRequest, post, withoutQuery } from "./push.ts";
import { sign } from "./signature.ts";

export interface HttpSchedulerOptions {
  /** Where the app answers, with or without `/continuations`. */
  url: string | URL;
  /** The app's `continuationSecret`. */
  secret: string;
  /** The request that makes a push queue send this one to the app, after its delay. */
  queue?: ((push: PushRequest) => Request | Promise<Request>) | undefined;
  /**
   * Without a queue, the longest delay that this process keeps. Default 15 min. 0 where the process
   * does not live on between requests: then delays are left to the sweep.
   */
  maxDelay?: Duration | undefined;
  /** How long one request may take. Default 5 min, as turns run steps; with a queue 10 s. */
  timeout?: Duration | undefined;
  /** How many requests are under way at once. Default 32. */
  concurrency?: number | undefined;
  /** Without a queue: keeps the function alive, where a platform has such a thing. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  clock?: Clock | undefined;
  logger?: Logger | undefined;
  /** From 0 to 1, for jitter. Default `Math.random`. */
  random?: (() => number) | undefined;
}

export interface HttpScheduler extends Scheduler {
  readonly maxDelayMs: number;
  /** Sends nothing more from this process, and waits for what is under way. */
  stop(): Promise<void>;
}

const QUEUE_TRIES = 5;
const BACKOFF = { firstMs: 200, longestMs: 5_000 };

/**
 * A scheduler for platforms that have no queue for functions to read, or a push queue.
 *
 * @example
 * const scheduler = createHttpScheduler({ url: "https://example.com", secret });
 * const engine = createEngine({ workflows, store, scheduler });
 * const app = createApp({ engine, auth, continuationSecret: secret });
 * @throws ConfigurationError for a URL or a secret that is none.
 */
export function createHttpScheduler(options: HttpSchedulerOptions): HttpScheduler {
  const { clock = systemClock, queue } = options;
  const url = continuationUrl(options.url);
  const { secret } = options;
  if (typeof secret !== "string" || secret === "") {
    throw new ConfigurationError(
      "createHttpScheduler needs a secret, the app's continuationSecret.",
    );
  }
  const push = ({ continuation, delayMs = 0 }: Message): PushRequest => {
    const body = writeContinuation(continuation);
    const signature = sign(secret, body, Math.ceil(clock.now() + delayMs));
    const headers = { "Content-Type": JSON_TYPE, [SIGNATURE_HEADER]: signature } as const;
    return { url, headers, body, delayMs };
  };
  return queue ? throughQueue(options, push, queue) : fromHere(options, push);
}

type Push = (message: Message) => PushRequest;

function throughQueue(
  options: HttpSchedulerOptions,
  push: Push,
  queue: NonNullable<HttpSchedulerOptions["queue"]>,
): HttpScheduler {
  const { clock = systemClock, fetch = globalThis.fetch, random = Math.random } = options;
  const { concurrency = 32 } = options;
  const timeoutMs = toMillis(options.timeout ?? "10s", "timeout");
  let tell: GivenUp = async () => {};
  const sendOne = async (message: Message): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await post(await queue(push(message)), { fetch, clock, timeoutMs });
      if (answer.ok) return;
      if (answer.refused) await tell(message.continuation.runId, refusal("The push queue", answer));
      if (tries === QUEUE_TRIES || answer.refused) {
        throw new SchedulerUnavailableError("The push queue", answer.why);
      }
      await pause(clock, jittered(backoffMs(BACKOFF, tries), random()));
    }
  };
  return {
    maxDelayMs: MAX_DELAY_MS,
    async send(messages) {
      await inParallel(messages, sendOne, concurrency);
    },
    onGivenUp(given) {
      tell = given;
    },
    stop: () => Promise.resolve(),
  };
}

function fromHere(options: HttpSchedulerOptions, push: Push): HttpScheduler {
  const { clock = systemClock, fetch = globalThis.fetch, logger = createConsoleLogger() } = options;
  const { concurrency = 32, waitUntil, random } = options;
  const maxDelayMs = Math.min(toMillis(options.maxDelay ?? MAX_DELAY_MS, "maxDelay"), MAX_DELAY_MS);
  const timeoutMs = toMillis(options.timeout ?? "5m", "timeout");
  const kept = new MemoryQueue({ concurrency, clock, logger, random });
  let tell: GivenUp = async () => {};
  kept.start(async (continuation: Continuation) => {
    const { url, headers, body } = push({ continuation });
    const request = new Request(url, { method: "POST", headers, body });
    const answer = await post(request, { fetch, clock, timeoutMs });
    if (answer.ok) return;
    if (answer.misdirected) {
      const { unknownSince = clock.now() } = continuation;
      const delayMs = handOverPause(clock.now() - unknownSince);
      return kept.keep([{ continuation: { ...continuation, unknownSince }, delayMs }]);
    }
    if (!answer.refused) throw answer.why;
    logger.error("The app refused a continuation; the sweep will send it again", {
      ...continuation,
      error: loggedError(answer.why),
    });
    await tell(continuation.runId, refusal(`The app at ${withoutQuery(url)}`, answer));
  });
  return {
    maxDelayMs,
    async send(messages) {
      kept.keep(messages);
      waitUntil?.(kept.idle());
    },
    onGivenUp(given) {
      tell = given;
    },
    stop: () => kept.stop(),
  };
}

/** What stands on the record of a run whose message nobody takes. */
function refusal(who: string, { why }: { why: Error }): DetentError {
  return new DetentError(
    "continuation.refused",
    `${who} refused a continuation of the run: ${why.message}. Check the url and the secret of createHttpScheduler, the continuationSecret of the app that answers there, and both clocks.`,
    { cause: why },
  );
}
