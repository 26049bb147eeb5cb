import type { AnyChannel } from "../../authoring/channel.ts";
import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { type Duration, toMillis } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { Engine, RunHandle, WaitOptions } from "../../engine/engine.ts";
import { addressIn } from "../protocol/address.ts";
import type { CallOptions, Client } from "./client.ts";
import { followEvents } from "./follow-events.ts";
import { listHooks, resumeHook } from "./hooks.ts";
import { sendMessage } from "./messages.ts";
import { getEvents, getRun, listChildren, listRuns, listWorkflows } from "./read.ts";
import { startRun } from "./start.ts";
import {
  askAll,
  cancelAll,
  cancelRun,
  pauseRun,
  resumeRun,
  terminateRun,
  wakeRun,
} from "./steer-runs.ts";
import type { Means } from "./transport.ts";
import { endOf, resultOf, waitUntil } from "./wait-for-end.ts";

export interface ClientOptions {
  /** Where the app answers, such as `https://example.com`; a path is kept. */
  baseUrl: string | URL;
  /**
   * The token, one that the app's `auth` lets in; a function is asked for it before each request.
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** Instead of the global one: `(url, init) => app.request(url, init)` needs no server. */
  fetch?: ((url: string, init: RequestInit) => Response | Promise<Response>) | undefined;
  /** How many more times a call is made that may safely be repeated. Default 2. */
  retries?: number | undefined;
  /** How long one request may take, beside what it is to wait for. Default 30 s. */
  requestTimeout?: Duration | undefined;
}

/**
 * A client of an app, with the methods and types of its engine.
 *
 * @example
 * import type { engine } from "./app.ts";
 * const client = createClient<typeof engine>({ baseUrl: "https://example.com", token });
 * const run = await client.start("order", { orderId: "123" });
 * await client.cancel(run.runId, { reason: "Customer changed her mind", wait: true });
 * @throws ConfigurationError for an address or retries that cannot be used.
 */
export function createClient<E extends Pick<Engine, "workflows"> = Engine>(
  options: ClientOptions,
): Client<E["workflows"][number]> {
  const means = meansOf(options);
  const result = (run: string | { runId: string }, how: WaitOptions & CallOptions = {}) =>
    resultOf(means, typeof run === "string" ? run : run.runId, how);
  const start: Start = async (workflow, input, how = {}) => {
    const started = await startRun(means, workflow, input, how);
    return {
      ...started,
      result: (waiting) => result(started, waiting),
      cancel: (cancelling) => cancelRun(means, started.runId, cancelling),
    };
  };
  return {
    start: start as Client<E["workflows"][number]>["start"],
    cancel: (runId, how) => cancelRun(means, runId, how),
    cancelAll: (filter, how) => cancelAll(means, filter, how),
    pause: (runId, how) => pauseRun(means, runId, how),
    resume: (runId, how) => resumeRun(means, runId, how),
    pauseAll: (filter, how) =>
      askAll(means, { filter, how }, (runId) => pauseRun(means, runId, how)),
    resumeAll: ({ status = "paused", ...more }, how) => {
      const filter = { ...more, status };
      return askAll(means, { filter, how }, (runId) => resumeRun(means, runId, how));
    },
    terminate: (runId, how) => terminateRun(means, runId, how),
    resumeHook: (token, payload, how) => resumeHook(means, token, payload, how),
    send: (runId: string, channel: AnyChannel | string, payload: unknown, how?: SendHow) =>
      sendMessage(means, { runId, channel }, payload, how),
    hooks: (runId, how) => listHooks(means, runId, how),
    wake: (runId, how) => wakeRun(means, runId, how),
    listWorkflows: (how) => listWorkflows(means, how),
    getRun: (runId, how) => getRun(means, runId, how),
    listRuns: (query, how) => listRuns(means, query, how),
    children: (runId, how) => listChildren(means, runId, how),
    getEvents: (runId, how) => getEvents(means, runId, how),
    followEvents: (runId, how) => followEvents(means, runId, how),
    waitForEnd: (runId, { timeout, signal } = {}) =>
      endOf(means, runId, waitUntil(timeout, signal)),
    result: result as Client["result"],
  };
}

type SendHow = Parameters<typeof sendMessage>[3];

type Start = (
  workflow: AnyWorkflow | string,
  input?: unknown,
  how?: Parameters<typeof startRun>[3],
) => Promise<RunHandle<unknown>>;

const DEFAULT_RETRIES = 2;

function meansOf({ baseUrl, token, retries = DEFAULT_RETRIES, ...options }: ClientOptions): Means {
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new ConfigurationError("The option retries of createClient must be 0 or more.");
  }
  const { fetch = (url, init) => globalThis.fetch(url, init) } = options;
  return {
    baseUrl: checkUrl(baseUrl),
    token: typeof token === "string" ? () => token : token,
    fetch: async (url, init) => await fetch(url, init),
    retries,
    timeoutMs: toMillis(options.requestTimeout ?? "30s", "requestTimeout"),
  };
}

function checkUrl(given: string | URL): string {
  const url = addressIn(given);
  if (url === undefined) {
    throw new ConfigurationError(
      `createClient needs the app's address as its baseUrl, such as https://example.com, and "${given}" is none.`,
    );
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new ConfigurationError(
      "The baseUrl of createClient has a user, a query or a fragment. Leave them out, and pass the token as the option token.",
    );
  }
  return url.href.replace(/\/+$/, "");
}
