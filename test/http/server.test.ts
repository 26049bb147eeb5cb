/** Over a real socket, where clients send what `app.request` cannot. */
import { request } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { listen } from "./listen.ts";
import { createTestApp, TOKEN } from "./test-app.ts";

function get(port: number, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
}

test("a run is started and read", async () => {
  const testApp = createTestApp();
  const port = await listen(testApp.app);
  const started = await fetch(`http://127.0.0.1:${port}/workflows/greet/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ input: { name: "Ada" } }),
  });
  expect(started.status).toBe(202);
  const { runId } = (await started.json()) as { runId: string };
  expect((await get(port, `/runs/${runId}`)).status).toBe(200);
});

test("a chunked body over the limit is refused", async () => {
  const port = await listen(createTestApp().app);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request({
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/workflows/echo/runs",
      headers: { authorization: `Bearer ${TOKEN}`, "transfer-encoding": "chunked" },
    });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    for (let chunk = 0; chunk < 40; chunk++) sent.write(Buffer.alloc(64 * 1024, 0x20));
    sent.end();
  });
  expect(status).toBe(413);
  expect((await get(port, "/runs")).status).toBe(200);
});

test("a path and headers that no client should send do not fail the server", async () => {
  const testApp = createTestApp();
  const port = await listen(testApp.app);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      const headers = `Host: x\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`;
      socket.write(`GET /runs/%zz%00%ff?limit=%ff HTTP/1.1\r\n${headers}`);
    });
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("close", () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
  expect(testApp.logged).toEqual([]);
});

test("a client that goes away while it waits for a cancel breaks nothing", async () => {
  const testApp = createTestApp();
  const port = await listen(testApp.app);
  const { start, gateReached, openGate, until } = testApp;
  const runId = await start("gated");
  await gateReached;
  const leaving = new AbortController();
  const waiting = fetch(`http://127.0.0.1:${port}/runs/${runId}/cancel`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ wait: true }),
    signal: leaving.signal,
  });
  await until(runId, "cancelling");
  leaving.abort();
  await expect(waiting).rejects.toThrow();
  openGate();
  await until(runId, "cancelled");
  expect((await get(port, `/runs/${runId}`)).status).toBe(200);
  expect(testApp.logged).toEqual([]);
});
