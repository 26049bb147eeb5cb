/** The HTTP server of the emulator passes requests and answers on as API Gateway does. */
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type HttpApi, openHttpApi } from "../../infra/emulator/http-api.ts";
import { checkEvent } from "../../infra/emulator/instance.ts";

let api: HttpApi;
afterEach(() => api?.stop());

/** Serves with a function that answers its event. */
async function openEcho(): Promise<void> {
  api = await openHttpApi(0);
  api.serve(async (event) => event);
}

async function echoed(path: string, options?: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(`${api.url}${path}`, options);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

describe("the HTTP API", () => {
  it("listens on the loopback interface", async () => {
    await openEcho();
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("gives the function an event of the payload format 2.0", async () => {
    await openEcho();
    const event = await echoed("/runs/a%20b?tag=x&tag=y%26z&limit=1", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Many": "1", Cookie: "a=1; b=2" },
      body: '{"größe":"😀"}',
    });
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/runs/a b",
      rawQueryString: "tag=x&tag=y%26z&limit=1",
      queryStringParameters: { tag: "x,y&z", limit: "1" },
      cookies: ["a=1", "b=2"],
      headers: { "content-type": "application/json", "x-many": "1" },
      requestContext: {
        stage: "$default",
        http: { method: "POST", path: "/runs/a b", sourceIp: "127.0.0.1" },
      },
      body: '{"größe":"😀"}',
      isBase64Encoded: false,
    });
    expect(event["headers"]).not.toHaveProperty("cookie");
  });

  it.each([
    ["/a%2Fb", "/a/b"],
    ["/a%2520b", "/a%20b"],
    ["/%C3%BC%23%3F", "/ü#?"],
    ["/a+b//c/", "/a+b//c/"],
  ])("decodes the path %s", async (sent, rawPath) => {
    await openEcho();
    expect(await echoed(`${sent}?a=%2F`)).toMatchObject({ rawPath, rawQueryString: "a=%2F" });
  });

  it("refuses a path that cannot be decoded", async () => {
    await openEcho();
    expect((await fetch(`${api.url}/runs/%FF`)).status).toBe(400);
  });

  it("passes on what is no text in base64, and nothing of an empty body", async () => {
    await openEcho();
    const body = Buffer.of(0, 255, 1);
    expect(await echoed("/", { method: "POST", body })).toMatchObject({
      body: body.toString("base64"),
      isBase64Encoded: true,
    });
    const event = await echoed("/");
    expect(event).toMatchObject({ rawPath: "/", rawQueryString: "", isBase64Encoded: false });
    expect(event).not.toHaveProperty("body");
  });

  it("answers what the function answers, cookies and bytes included", async () => {
    api = await openHttpApi(0);
    api.serve(async () => ({
      statusCode: 202,
      headers: { "content-type": "image/png" },
      cookies: ["a=1", "b=2; HttpOnly"],
      body: Buffer.of(1, 200).toString("base64"),
      isBase64Encoded: true,
    }));
    const response = await fetch(api.url);
    expect(response.status).toBe(202);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2; HttpOnly"]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.of(1, 200));
  });

  it("answers 500 when the function fails, and 413 to what is too large for it", async () => {
    api = await openHttpApi(0);
    api.serve(() => Promise.reject(new Error("a secret")));
    const failed = await fetch(api.url);
    expect([failed.status, await failed.json()]).toEqual([
      500,
      { message: "Internal Server Error" },
    ]);
    const large = { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) };
    expect((await fetch(api.url, large)).status).toBe(413);
  });

  it("answers 413 to what makes an event that is too large", async () => {
    api = await openHttpApi(0);
    api.serve(async (event) => {
      checkEvent(event);
      return { statusCode: 204 };
    });
    const send = async (bytes: number, type: string): Promise<number> => {
      const headers = { "content-type": type };
      return (await fetch(api.url, { method: "POST", headers, body: Buffer.alloc(bytes, 97) }))
        .status;
    };
    expect(await send(6_000_000, "text/plain")).toBe(204);
    expect(await send(6 * 1024 * 1024, "text/plain")).toBe(413);
    // What is no text grows by a third on its way.
    expect(await send(4_500_000, "image/png")).toBe(204);
    expect(await send(5_000_000, "image/png")).toBe(413);
  });

  it("answers 431 to more than 10 KB of address and headers", async () => {
    await openEcho();
    await echoed(`/?${"q".repeat(9_000)}`);
    expect((await fetch(`${api.url}/?${"q".repeat(10_240)}`)).status).toBe(431);
    const headers = { cookie: "c".repeat(6_000), "x-more": "m".repeat(6_000) };
    expect((await fetch(api.url, { headers })).status).toBe(431);
  });

  it("answers 503 when the function takes too long", async () => {
    api = await openHttpApi(0, 50);
    api.serve(() => new Promise(() => {}));
    const late = await fetch(api.url);
    expect([late.status, await late.json()]).toEqual([503, { message: "Service Unavailable" }]);
  });

  it("lets requests wait until the function is there", async () => {
    api = await openHttpApi(0);
    const early = fetch(api.url);
    api.serve(async () => ({ statusCode: 204 }));
    expect((await early).status).toBe(204);
  });

  it("outlives a client that goes away in the middle", async () => {
    await openEcho();
    const left = httpRequest(api.url, { method: "POST", headers: { "content-length": "10" } });
    left.on("error", () => {});
    left.write("half");
    await new Promise((resolve) =>
      left.once("socket", (socket) => socket.once("connect", resolve)),
    );
    left.destroy();
    await echoed("/");
  });

  it("says so when its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await expect(openHttpApi(port)).rejects.toThrow(`Port ${port} is taken. Choose another one`);
    other.close();
  });
});
