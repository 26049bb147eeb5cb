/** What stands between a client and its app, and what comes of it. */
import { describe, expect, test } from "vitest";
import { findFreePort } from "../../infra/local-process.ts";
import {
  ClientError,
  ConfigurationError,
  ContentionError,
  createClient,
  DetentError,
  InvalidInputError,
} from "../../src/http/client/index.ts";
import { listen } from "../http/listen.ts";
import { createTestApp, TOKEN } from "../http/test-app.ts";
import { createClientRig } from "./client-rig.ts";

const html = (status: number, headers = {}) =>
  new Response("<html>\n <h1>Sorry</h1> </html>", {
    status,
    headers: { "content-type": "text/html; charset=utf-8", ...headers },
  });
const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

/** A client whose first requests meet these answers or failures, and the app only then. */
function meeting(...obstacles: (Response | Error)[]) {
  return createClientRig({}, (app) => (url, init) => {
    const obstacle = obstacles.shift();
    if (obstacle instanceof Error) throw obstacle;
    return obstacle ?? app(url, init);
  });
}

const thrownBy = async (call: Promise<unknown>): Promise<ClientError> => {
  const thrown = await call.then(() => undefined).catch((error: unknown) => error);
  if (!(thrown instanceof ClientError)) throw new Error(`No ClientError: ${thrown}`);
  expect(thrown).toBeInstanceOf(DetentError);
  return thrown;
};

describe("what is no answer of a Detent app", () => {
  test("is told with what it was", async () => {
    const { client } = meeting(html(200));
    const error = await thrownBy(client.listRuns());
    expect(error).toMatchObject({ code: "answer.unexpected", status: 200 });
    expect(error.message).toBe(
      'GET http://detent.test/runs was answered by something that is not a Detent app: 200 text/html, "<html> <h1>Sorry</h1> </html>". Check the address, and what stands between here and the app.',
    );
  });

  test.each([
    ["a gateway's refusal", json(403, { message: "Forbidden" }), 403, /"\{\\"message/],
    ["text after JSON", new Response("{}{}", { status: 404 }), 404, /404 text\/plain/],
    ["nothing at all", new Response(null, { status: 204 }), 204, /204 without a type, an empty/],
    ["JSON that is not lossless", json(200, { runs: [] }), 200, /200 application\/json/],
    ["a long page", new Response("x".repeat(9999), { status: 404 }), 404, /"x{120}…"/],
  ])("such as %s", async (_what, answer, status, message) => {
    const { client, asked } = meeting(answer);
    const error = await thrownBy(client.listRuns());
    expect(error).toMatchObject({ code: "answer.unexpected", status });
    expect(error.message).toMatch(message);
    expect(asked).toHaveLength(1);
  });

  test("such as a redirect is not followed", async () => {
    const { client, asked } = meeting(html(302, { location: "https://login.test/" }));
    const error = await thrownBy(client.start("echo", 1));
    expect(error.message).toMatch(/was redirected to https:\/\/login\.test\/, and redirects are/);
    expect(asked).toHaveLength(1);
  });
});

describe("a client that is not let in", () => {
  test.each([
    ["without a token", undefined, "token.missing"],
    ["with a wrong one", "wrong", "token.invalid"],
  ])("%s hears the app's own words", async (_what, token, code) => {
    const { client } = createClientRig({ token });
    const error = await thrownBy(client.listRuns());
    expect(error).toMatchObject({ code, status: 401 });
    expect(error.message).toMatch(/[Tt]oken/);
  });

  test("asks for its token each time", async () => {
    const tokens = ["old", TOKEN];
    const { client } = createClientRig({ token: async () => tokens.shift() ?? "" });
    expect((await thrownBy(client.listRuns())).code).toBe("token.invalid");
    expect((await client.listRuns()).runs).toEqual([]);
  });

  test.each(["", "two words", "line\n", "tökén"])("never sends the token %j", async (token) => {
    const { client, asked } = createClientRig({ token });
    await expect(client.listRuns()).rejects.toThrow(ConfigurationError);
    expect(asked).toEqual([]);
  });
});

describe("a call that fails in passing", () => {
  test.each([
    ["a lost connection", new TypeError("fetch failed")],
    ["a gateway's page", html(502)],
    ["a gateway's time-out", html(504)],
    ["too many requests", html(429, { "retry-after": "0" })],
    ["a store that was away", json(503, { error: { code: "store.unavailable", message: "-" } })],
  ])("is made again after %s", async (_what, obstacle) => {
    const { client, asked } = meeting(obstacle);
    const run = await client.start("echo", 1);
    expect(asked).toHaveLength(2);
    expect(run.existing).toBe(false);
    expect(await run.result()).toBe(1);
  });

  test("starts one run, although the answer to its first try was lost", async () => {
    let lost = false;
    const { client, asked } = createClientRig({}, (app) => async (url, init) => {
      const answer = await app(url, init);
      if (lost) return answer;
      lost = true;
      throw new TypeError("socket hang up");
    });
    const run = await client.start("echo", 1);
    expect(asked).toHaveLength(2);
    expect(run.existing).toBe(false);
    expect((await client.listRuns()).runs.map(({ runId }) => runId)).toEqual([run.runId]);
  });

  test("gives up in the end, with the last failure", async () => {
    const busy = () => json(503, { error: { code: "run.contended", message: "Try again." } });
    const { client, asked } = meeting(busy(), busy(), busy());
    await expect(client.cancel("a")).rejects.toThrow(ContentionError);
    expect(asked).toHaveLength(3);
  });

  test("is made once where doing it twice would tell lies", async () => {
    const { client, asked } = meeting(html(502));
    await thrownBy(client.terminate("a"));
    expect(asked).toHaveLength(1);
  });

  test("is made once where the caller is to blame", async () => {
    const { client, asked } = createClientRig();
    await expect(client.start("greet", {})).rejects.toThrow(InvalidInputError);
    expect(asked).toHaveLength(1);
  });

  test("is not made again once it was given up", async () => {
    const gaveUp = new AbortController();
    const { client, asked } = createClientRig({}, () => () => {
      setTimeout(() => gaveUp.abort(new Error("enough")));
      return html(502, { "retry-after": "5" });
    });
    await expect(client.listRuns({}, { signal: gaveUp.signal })).rejects.toThrow("enough");
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["hangs", () => new Promise<Response>(() => {})],
    [
      "listens to its signal",
      (_: string, { signal }: RequestInit) =>
        new Promise<Response>((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
    ],
  ])("counts one that %s for too long as lost", async (_what, hangs) => {
    const { client } = createClientRig({ requestTimeout: 20, retries: 0 }, () => hangs);
    const error = await thrownBy(client.listRuns());
    expect(error.code).toBe("connection.failed");
    expect(error.message).toMatch(/got no answer: it took longer than 20 ms/);
  });
});

describe("over a socket", () => {
  test("everything works as it does without one", async () => {
    const { app, gateReached, openGate } = createTestApp();
    const baseUrl = `http://127.0.0.1:${await listen(app)}`;
    const client = createClient({ baseUrl, token: TOKEN });
    const run = await client.start("gated");
    await gateReached;
    const cancelled = run.cancel({ reason: "why not", wait: true });
    setTimeout(openGate, 20);
    expect(await cancelled).toMatchObject({ outcome: "requested", status: "cancelled" });
    const echoed = await client.start("echo", { bytes: new Uint8Array([1, 2]), at: new Date(0) });
    expect(await echoed.result()).toEqual({ bytes: new Uint8Array([1, 2]), at: new Date(0) });
  });

  test("an app that does not run is told with its address", async () => {
    const address = `127.0.0.1:${await findFreePort()}`;
    const client = createClient({ baseUrl: `http://${address}/deep/`, retries: 0 });
    const error = await thrownBy(client.getRun("a"));
    expect(error.code).toBe("connection.failed");
    expect(error.message).toBe(
      `GET http://${address}/deep/runs/a got no answer: connect ECONNREFUSED ${address}. Check the address, that the app runs there, and the network.`,
    );
  });
});

test.each([
  "example.com",
  "",
  "ftp://example.com",
  "https://me:secret@example.com",
  "https://example.com/?a=1",
])("an app cannot be at %j", (baseUrl) => {
  expect(() => createClient({ baseUrl })).toThrow(ConfigurationError);
});
