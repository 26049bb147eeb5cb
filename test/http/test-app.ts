/** An app over a real engine on the memory store, with small workflows to start in it. */
import { onTestFinished } from "vitest";
import * as z from "zod/mini";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/index.ts";
import { type AppOptions, createApp } from "../../src/http/index.ts";
import {
  channel,
  child,
  hook,
  isCancellation,
  shield,
  sleep,
  step,
  TimeoutError,
  workflow,
} from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Store } from "../../src/ports/store.ts";

export const TOKEN = "secret-token";

const greet = workflow("greet", async ({ name }) => `Hello, ${name}`, {
  input: z.object({ name: z.string("must be a name") }),
});
const echo = workflow("echo", async (input: unknown) => input);
const breaks = workflow("breaks", async () => {
  await step("always_breaks", () => Promise.reject(new Error("out of paper")), { retries: 0 })();
});
const timesOut = workflow("times_out", async () => {
  throw new TimeoutError("the bank is closed");
});
const nap = workflow("nap", async () => {
  try {
    await sleep("1h");
  } catch (error) {
    if (isCancellation(error)) await shield(step("make_bed", async () => "made"));
    throw error;
  }
});

const asks = workflow("asks", async () => {
  const { approved } = await hook("approval", {
    schema: z.object({ approved: z.boolean("must be yes or no") }),
  });
  return { approved };
});
const asksAnything = workflow(
  "asks_anything",
  async () => await hook("anything", { timeout: "1d" }),
);
/** Asks until it is cancelled, and cleans up for long then. */
const asksInVain = workflow("asks_in_vain", async () => {
  await hook("vain").then(null, () => shield(() => sleep("1h")));
});

const words = channel("words", z.object({ text: z.string("must be a word") }));
const hears = workflow("hears", async () => (await words.receive()).text, { channels: [words] });
/** Its log has no room for a message. */
const deaf = workflow("deaf", () => sleep("1h"), { channels: [words], limits: { events: 3 } });
const anyNews = channel("any news");
const hearsAnything = workflow("hears_anything", async () => await anyNews.receive(), {
  channels: [anyNews],
});

/** Has so many children that nap, and each of them so many. */
const naps = workflow("naps", async ([count = 0, ...below]: number[]): Promise<void> => {
  const all = Array.from({ length: count }, () =>
    below.length > 0 ? child(naps, below) : child(nap),
  );
  await Promise.all(all.map(async (each) => (await each).result()));
});

const long = workflow("long", () => sleep("1h"), { limits: { events: 10 } });

/** Workflows whose one step lasts until `open` is called; the last one has nothing after it. */
function createGated() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const wait = step("wait_at_gate", () => {
    arrive();
    return opened;
  });
  const gated = workflow("gated", async () => {
    await wait();
    await sleep("1h");
  });
  const last = workflow("last", async () => {
    await wait();
  });
  return { gated, last, open, arrived };
}

interface Sent {
  method?: string;
  /** Sent as JSON, unless it is text already. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

export interface LogLine {
  level: string;
  message: string;
  fields: Record<string, unknown> | undefined;
}

export interface TestApp {
  app: ReturnType<typeof createApp>;
  engine: Engine;
  logged: LogLine[];
  /** Lets the step of workflow `gated` end. */
  openGate(): void;
  /** Resolves once the step of workflow `gated` executes. */
  gateReached: Promise<void>;
  /** Sends a request with the token; POST if it has a body. */
  send(path: string, sent?: Sent): Promise<Answered>;
  /** Starts a run and answers its id. */
  start(workflow: string, body?: unknown): Promise<string>;
  /** Resolves with the run's record once it has that status. */
  until(runId: string, status: string): Promise<Record<string, unknown>>;
}

export function createTestApp(options: Partial<AppOptions> & { store?: Store } = {}): TestApp {
  const { store = createMemoryStore(), ...appOptions } = options;
  const { gated, last, open, arrived } = createGated();
  const logged: LogLine[] = [];
  const logger = collect(logged);
  const scheduler = createLocalScheduler();
  const engine = createEngine({
    workflows: [
      greet,
      echo,
      breaks,
      timesOut,
      nap,
      naps,
      asks,
      asksAnything,
      asksInVain,
      hears,
      hearsAnything,
      deaf,
      long,
      gated,
      last,
    ],
    store,
    scheduler,
    logger: collect([]),
  });
  scheduler.start(engine);
  onTestFinished(async () => {
    open();
    await scheduler.stop();
  });
  const app = createApp({ engine, auth: { tokens: [TOKEN] }, logger, ...appOptions });
  const send = async (path: string, sent: Sent = {}): Promise<Answered> =>
    await answered(await app.request(path, requestOf(sent)));
  return {
    app,
    engine,
    logged,
    openGate: open,
    gateReached: arrived,
    send,
    async start(name, body = {}) {
      const { body: started } = await send(`/workflows/${name}/runs`, { body });
      return String(started["runId"]);
    },
    async until(runId, status) {
      for (;;) {
        const { body } = await send(`/runs/${runId}`);
        if (body["status"] === status) return body;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

export async function answered(response: Response): Promise<Answered> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = text !== "" && headers.get("content-type")?.includes("json");
  return { status, headers, text, body: isJson ? JSON.parse(text) : {} };
}

function requestOf({ body, method, headers }: Sent): RequestInit {
  const sent = {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers },
  };
  if (body === undefined) return sent;
  return { ...sent, body: typeof body === "string" ? body : JSON.stringify(body) };
}

function collect(lines: LogLine[]): Logger {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    lines.push({ level, message, fields });
  };
  const logger: Logger = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: () => logger,
  };
  return logger;
}

/** The code of an error answer, its shape checked. */
export function codeOf({ body }: Answered): unknown {
  const error = body["error"];
  if (typeof error !== "object" || error === null)
    throw new Error(`No error: ${JSON.stringify(body)}`);
  const { code, message } = error as Record<string, unknown>;
  if (typeof message !== "string" || message === "") throw new Error("An error without a message");
  return code;
}
