import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import {
  ConfigurationError,
  StoreUnavailableError,
  WorkflowNotFoundError,
} from "../../src/core/errors.ts";
import type { Engine, TurnOptions } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/index.ts";
import { type AppOptions, createApp } from "../../src/http/index.ts";
import { SIGNATURE_HEADER } from "../../src/http/protocol/continuations.ts";
import { sign } from "../../src/http/signature.ts";
import { step, workflow } from "../../src/index.ts";
import type { Continuation } from "../../src/ports/scheduler.ts";
import { collectLogs } from "../engine/collected-logs.ts";
import { silent } from "../silent.ts";

const SECRET = "s3cret";
const MINUTE = 60_000;

interface Pushed {
  body?: string;
  signature?: string | undefined;
  secret?: string;
  /** When it was signed, from now. */
  at?: number;
  method?: string;
}

/** An app that only its turns are asked of. */
function createPushed(
  turn: (continuation: Continuation, options?: TurnOptions) => Promise<void> = async () => {},
  options: Partial<AppOptions> = {},
) {
  const turned: Continuation[] = [];
  const { logger, lines: logged } = collectLogs();
  const engine = {
    turn(continuation: Continuation, how?: TurnOptions) {
      turned.push(continuation);
      return turn(continuation, how);
    },
  } as Partial<Engine> as Engine;
  const auth = { tokens: ["token"] };
  const app = createApp({ engine, auth, continuationSecret: SECRET, logger, ...options });
  const push = async ({ body = '{"runId":"run_1"}', method = "POST", ...how }: Pushed = {}) => {
    const { secret = SECRET, at = 0 } = how;
    const signature = "signature" in how ? how.signature : sign(secret, body, Date.now() + at);
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (signature !== undefined) headers[SIGNATURE_HEADER] = signature;
    const response = await app.request("/continuations", {
      method,
      headers,
      ...(method === "POST" && { body }),
    });
    const text = await response.text();
    const code: unknown = text === "" ? undefined : JSON.parse(text).error.code;
    return { status: response.status, code, text, headers: response.headers };
  };
  return { app, push, turned, logged };
}

describe("a signed continuation", () => {
  test("is answered when its turn is done, without a token", async () => {
    let end = (): void => {};
    const { push, turned } = createPushed(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    let answered = false;
    const pushing = push({ body: '{"runId":"run_1","task":3,"claim":"c"}' }).then((answer) => {
      answered = true;
      return answer;
    });
    while (turned.length === 0) await new Promise(setImmediate);
    expect(answered).toBe(false);
    end();
    expect(await pushing).toMatchObject({ status: 204, text: "" });
    expect(turned).toEqual([{ runId: "run_1", task: 3, claim: "c" }]);
  });

  test("runs a workflow to its end", async () => {
    const double = step("double", async (n: number) => n * 2);
    const doubling = workflow("doubling", async (n: number) => double(await double(n)));
    const sent: Continuation[] = [];
    const engine = createEngine({
      workflows: [doubling],
      store: createMemoryStore(),
      logger: silent,
      scheduler: {
        send: async (messages) => {
          sent.push(...messages.map(({ continuation }) => continuation));
        },
      },
    });
    const { push } = createPushed((continuation) => engine.turn(continuation));
    const run = await engine.start(doubling, 10);
    for (let next = sent.shift(); next; next = sent.shift()) {
      expect((await push({ body: JSON.stringify(next) })).status).toBe(204);
    }
    expect(await run.result()).toBe(40);
  });

  test.each([-4.9 * MINUTE, 0, 4.9 * MINUTE])("may be %s ms from its time", async (at) => {
    const { push } = createPushed();
    expect((await push({ at })).status).toBe(204);
  });

  test("may be signed with any of several secrets", async () => {
    const { push } = createPushed(undefined, { continuationSecret: ["new", "old"] });
    expect((await push({ secret: "new" })).status).toBe(204);
    expect((await push({ secret: "old" })).status).toBe(204);
    expect((await push({ secret: "older" })).status).toBe(401);
  });
});

describe("a continuation of a version that is not known here", () => {
  const unknown = new WorkflowNotFoundError({ workflow: "w", version: "2", known: ["w@1"] });

  test("is misdirected: whoever sends it again may reach another, and nothing is logged", async () => {
    const options: (TurnOptions | undefined)[] = [];
    const { push, logged } = createPushed(async (_, how) => {
      options.push(how);
      throw unknown;
    });
    const before = Date.now();
    const { status, code, text } = await push({ at: -MINUTE });
    expect([status, code]).toEqual([421, "turn.misdirected"]);
    expect(text).toContain("another engine may know it");
    expect(logged).toEqual([]);
    expect(options).toEqual([{ handBack: true, dueAt: expect.any(Number) }]);
    expect(options[0]?.dueAt).toBeGreaterThanOrEqual(before - MINUTE);
    expect(options[0]?.dueAt).toBeLessThanOrEqual(Date.now() - MINUTE);
  });
});

describe("without a right signature", () => {
  const good = sign(SECRET, '{"runId":"run_1"}', Date.now());
  const [time = "", signature = ""] = good.split(",");

  test.each<[string, Pushed]>([
    ["none", { signature: undefined }],
    ["an empty one", { signature: "" }],
    ["one with another secret", { secret: "other" }],
    ["one of another body", { signature: sign(SECRET, '{"runId":"run_2"}', Date.now()) }],
    ["one of another time", { signature: `t=${Date.now() + 1},${signature}` }],
    ["half of one", { signature: good.slice(0, -2) }],
    [
      "one that is wrong in its last digit alone",
      { signature: good.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) },
    ],
    ["one in capitals", { signature: good.toUpperCase() }],
    ["one without a time", { signature }],
    ["a time alone", { signature: time }],
    ["a time that is none", { signature: `t=now,${signature}` }],
    ["another version", { signature: good.replace("v1", "v2") }],
    ["two", { signature: `${good}, ${good}` }],
    ["the bearer token", { signature: "Bearer token" }],
  ])("%s, nothing is done", async (_, pushed) => {
    const { push, turned } = createPushed();
    expect(await push(pushed)).toMatchObject({ status: 401, code: "signature.invalid" });
    expect(turned).toEqual([]);
  });

  test.each([-5.1 * MINUTE, 5.1 * MINUTE, -24 * 60 * MINUTE])(
    "of about this time (%s ms off), nothing is done",
    async (at) => {
      const { push, turned } = createPushed();
      expect(await push({ at })).toMatchObject({ status: 401, code: "signature.expired" });
      expect(turned).toEqual([]);
    },
  );

  test("the window is as long as the app says", async () => {
    const { push } = createPushed(undefined, { continuationWindow: "1h" });
    expect((await push({ at: -59 * MINUTE })).status).toBe(204);
    expect((await push({ at: -61 * MINUTE })).status).toBe(401);
  });

  test("the body is not even parsed", async () => {
    const { push } = createPushed();
    expect(await push({ body: "{", secret: "other" })).toMatchObject({ status: 401 });
  });
});

test.each(["{", "null", "[]", '"run_1"', "{}", '{"runId":7}', '{"runId":"a","task":-1}'])(
  "a signed body that is no continuation is refused: %s",
  async (body) => {
    const { push, turned } = createPushed();
    expect(await push({ body })).toMatchObject({ status: 400, code: "input.invalid" });
    expect(turned).toEqual([]);
  },
);

test("a body that is too long is refused before its signature is looked at", async () => {
  const { push } = createPushed(undefined, { bodyLimit: 10 });
  expect(await push({ secret: "other" })).toMatchObject({ status: 413, code: "payload.tooLarge" });
});

describe("a turn that fails", () => {
  test.each([
    ["an error nobody foresaw", new TypeError("no secret at 10.0.0.7"), "turn.failed"],
    ["the store", new StoreUnavailableError("head", new Error("no 10.0.0.7")), "store.unavailable"],
    ["what is not there", Object("10.0.0.7"), "turn.failed"],
  ])("by %s asks to be pushed again, and says no more", async (_, thrown, code) => {
    const { push, logged } = createPushed(() => Promise.reject(thrown));
    const answer = await push();
    expect(answer).toMatchObject({ status: 503, code });
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.text).not.toContain("10.0.0.7");
    expect(logged).toMatchObject([{ level: "error", fields: { runId: "run_1", code } }]);
    expect(JSON.stringify(logged)).toContain("10.0.0.7");
  });
});

describe("the route", () => {
  test("is not there without a secret", async () => {
    const { app } = createPushed(undefined, { continuationSecret: undefined });
    const request = (authorization: string) =>
      app.request("/continuations", { method: "POST", headers: { authorization } });
    expect((await request("Bearer nobody")).status).toBe(401);
    expect((await request("Bearer token")).status).toBe(404);
  });

  test("takes no other method", async () => {
    const { app } = createPushed();
    const headers = { authorization: "Bearer token" };
    const answer = await app.request("/continuations", { headers });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
    expect((await app.request("/continuations")).status).toBe(401);
  });

  test.each([[""], [[]], [["good", ""]], [7]])("is not made with the secret %j", (secret) => {
    const continuationSecret = secret as string;
    expect(() => createPushed(undefined, { continuationSecret })).toThrow(ConfigurationError);
  });
});
