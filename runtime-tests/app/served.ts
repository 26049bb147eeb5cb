/** What every runtime serves: the app, the HTTP scheduler and the DynamoDB store. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createDynamoStore } from "detent/dynamodb";
import { createEngine } from "detent/engine";
import { createApp, createHttpScheduler, type HttpSchedulerOptions } from "detent/http";
import { createLocalScheduler } from "detent/local";
import { createMemoryStore } from "detent/memory";
import { asleep, checking, listening, midStep } from "./cancelled.ts";
import { openGate } from "./gates.ts";
import { type Place, useClient } from "./typed-client.ts";
import {
  asking,
  contexts,
  drawing,
  family,
  hearing,
  kept,
  nap,
  parallel,
  retried,
  settling,
  thrown,
  unheard,
} from "./workflows.ts";

/** By the names of the environment. */
export interface Settings {
  DYNAMODB_ENDPOINT: string;
  TABLE: string;
  SECRET: string;
  TOKEN: string;
}

/** @throws naming the variable that is missing */
export function settingsOf(environment: Record<string, string | undefined>): Settings {
  const read = (name: keyof Settings): string => {
    const value = environment[name];
    if (value === undefined) throw new Error(`The variable ${name} is missing`);
    return value;
  };
  return {
    DYNAMODB_ENDPOINT: read("DYNAMODB_ENDPOINT"),
    TABLE: read("TABLE"),
    SECRET: read("SECRET"),
    TOKEN: read("TOKEN"),
  };
}

export interface Served {
  fetch(request: Request): Response | Promise<Response>;
  sweep(): Promise<unknown>;
  /** Where a client of it finds it. */
  place: Place;
}

export function createServed(
  settings: Settings,
  push: Omit<HttpSchedulerOptions, "secret">,
): Served {
  const { DYNAMODB_ENDPOINT: endpoint, TABLE: tableName, SECRET: secret, TOKEN } = settings;
  const client = new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const engine = createEngine({
    workflows: [
      ...[parallel, nap, retried, kept, thrown, contexts, unheard, settling, drawing],
      ...[asleep, midStep, checking, listening],
      asking,
      hearing,
      ...family,
    ],
    store: createDynamoStore({ client, tableName }),
    scheduler: createHttpScheduler({ ...push, secret }),
    newsEvery: "100ms",
    // What a killed server leaves behind is taken over within seconds.
    lease: "5s",
    clockSkew: "200ms",
    watchdog: "5s",
    // A live execution that differs from a cold replay is told as the run's problem.
    replay: "verify",
  });
  const app = createApp({ engine, auth: { tokens: [TOKEN] }, continuationSecret: secret });
  const place = { url: String(push.url), token: TOKEN, fetch: push.fetch };
  return { fetch: (request) => app.fetch(request), sweep: () => engine.sweep(), place };
}

/** Once more where nothing but timers is waited for: on the memory store. */
async function settleInMemory(): Promise<unknown> {
  const scheduler = createLocalScheduler();
  const store = createMemoryStore();
  const engine = createEngine({ workflows: [settling], store, scheduler, replay: "verify" });
  scheduler.start(engine);
  try {
    const run = await engine.start(settling);
    return await run.result({ timeout: "5s" });
  } finally {
    await scheduler.stop();
  }
}

/** Which process answers; made late, as workerd has no randomness before the first request. */
let instance: string | undefined;

/** The app, and what only tests ask for. */
export async function answer(request: Request, served: Served): Promise<Response> {
  const { fetch, sweep, place } = served;
  const [, test, name, argument = ""] = new URL(request.url).pathname.split("/");
  if (test !== "test") return await fetch(request);
  switch (name) {
    case "instance":
      instance ??= crypto.randomUUID();
      return new Response(instance);
    case "open":
      openGate(argument);
      return new Response();
    case "client":
      return Response.json(await useClient(place));
    case "memory":
      return Response.json(await settleInMemory());
    case "sweep":
      await sweep();
      return new Response();
    case "reject":
      void Promise.reject(new Error("This rejection is not the engine's"));
      return new Response();
    default:
      return new Response(null, { status: 404 });
  }
}
