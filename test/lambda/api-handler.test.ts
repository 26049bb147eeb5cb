import { describe, expect, it } from "vitest";
import { apiHandler, sweepHandler } from "../../src/adapters/lambda/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { createApp } from "../../src/http/index.ts";
import { workflow } from "../../src/index.ts";
import { silent } from "../silent.ts";

const echo = workflow("echo", async (input: unknown) => input);
const engine = createEngine({
  workflows: [echo],
  store: createMemoryStore(),
  scheduler: { send: async () => {} },
  logger: silent,
});
const handler = apiHandler(createApp({ engine, auth: { tokens: ["secret"] } }));

/** What an HTTP API or a function URL sends (payload format 2.0). */
function eventOf(
  method: string,
  path: string,
  fields: { query?: string; body?: string; isBase64Encoded?: boolean; headers?: object } = {},
): Parameters<typeof handler>[0] {
  const { query = "", ...rest } = fields;
  const event = {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers: { authorization: "Bearer secret", "content-type": "application/json" },
    body: null,
    isBase64Encoded: false,
    requestContext: {
      accountId: "1",
      apiId: "api",
      domainName: "api.execute-api.eu-central-1.amazonaws.com",
      domainPrefix: "api",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "1",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2030:00:00:00 +0000",
      timeEpoch: 1,
      authentication: null,
      authorizer: { iam: null },
    },
    ...rest,
  };
  return event as unknown as Parameters<typeof handler>[0];
}

describe("the API handler", () => {
  it("starts a run and reads it", async () => {
    const input = { name: "Ada", größe: "😀" };
    const started = await handler(
      eventOf("POST", "/workflows/echo/runs", {
        body: JSON.stringify({ input, runId: "run_1" }),
      }),
    );
    expect(started.statusCode).toBe(202);
    expect(JSON.parse(started.body)).toEqual({ runId: "run_1", status: "pending" });
    const read = await handler(eventOf("GET", "/runs/run_1"));
    expect(JSON.parse(read.body)).toMatchObject({ runId: "run_1", input });
  });

  it("takes bodies in base64, and queries", async () => {
    const body = Buffer.from(JSON.stringify({ runId: "run_2" })).toString("base64");
    const started = await handler(
      eventOf("POST", "/workflows/echo/runs", { body, isBase64Encoded: true }),
    );
    expect(started.statusCode).toBe(202);
    const list = await handler(eventOf("GET", "/runs", { query: "workflow=echo&limit=1" }));
    expect(JSON.parse(list.body).runs).toHaveLength(1);
  });

  it("lets nobody in without a token", async () => {
    const answer = await handler(eventOf("GET", "/runs", { headers: {} }));
    expect(answer.statusCode).toBe(401);
  });
});

describe("the sweep handler", () => {
  it("sweeps, and looks ahead until after the next sweep", async () => {
    const asked: unknown[] = [];
    const sweep = async (options: unknown): Promise<{ sent: number }> => {
      asked.push(options);
      return { sent: 3 };
    };
    expect(await sweepHandler({ sweep })()).toEqual({ sent: 3 });
    await sweepHandler({ sweep }, { horizon: "5m" })();
    expect(asked).toEqual([{ horizonMs: 65_000 }, { horizonMs: 300_000 }]);
  });

  it("fails when a sweep does", async () => {
    const sweep = () => Promise.reject(new Error("down"));
    await expect(sweepHandler({ sweep })()).rejects.toThrow("down");
  });
});
