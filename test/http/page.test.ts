import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createApp } from "../../src/http/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";

const engine = createTestEngine({ workflows: [] });
const app = createApp({ engine, auth: { tokens: ["secret-token"] } });
const text = async (path: string) => await (await app.request(path)).text();
const linksIn = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, to]) => to);

describe("GET /ui", () => {
  test("is open, and has no data in it", async () => {
    const response = await app.request("/ui");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(await response.text()).toContain('<div id="app" data-auth="on"></div>');
  });

  test("lets nothing be run or asked that is not the app's own", async () => {
    const { headers } = await app.request("/ui");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    const html = await text("/ui");
    expect(html).not.toMatch(/<style|\son\w+=|style=|<script(?![^>]* src=)/);
  });

  test("is asked for anew, and not sent again when it is the same", async () => {
    const { headers } = await app.request("/ui");
    expect(headers.get("cache-control")).toBe("no-cache");
    const tag = headers.get("etag") ?? "";
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const again = await app.request("/ui", { headers: { "if-none-match": known } });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe("");
    }
    const other = await app.request("/ui", { headers: { "if-none-match": '"other"' } });
    expect(other.status).toBe(200);
  });

  test("says where nobody needs to sign in", async () => {
    const open = createApp({ engine, auth: false });
    const response = await open.request("/ui");
    expect(await response.text()).toContain('data-auth="off"');
    expect(response.headers.get("etag")).not.toBe((await app.request("/ui")).headers.get("etag"));
  });

  test("leads to its parts wherever the app is mounted", async () => {
    const outer = new Hono().route("/api", app);
    const html = await (await outer.request("/api/ui")).text();
    for (const link of linksIn(html)) {
      const { pathname } = new URL(link ?? "", "http://localhost/api/ui");
      expect(pathname).toMatch(/^\/api\/ui\//);
      expect((await outer.request(pathname)).status).toBe(200);
    }
    expect(linksIn(html)).toHaveLength(3);
  });
});

describe("a part of the page", () => {
  test("is kept for ever, under a name that changes with its content", async () => {
    for (const link of linksIn(await text("/ui"))) {
      const response = await app.request(`/${link}`);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      const tag = response.headers.get("etag") ?? "";
      const again = await app.request(`/${link}`, { headers: { "if-none-match": tag } });
      expect(again.status).toBe(304);
    }
  });

  test("comes compressed to whom takes that, and as it is to others", async () => {
    for (const link of linksIn(await text("/ui"))) {
      const headers = { "accept-encoding": "gzip, deflate, br" };
      const packed = await app.request(`/${link}`, { headers });
      expect(packed.headers.get("content-encoding")).toBe("gzip");
      expect(packed.headers.get("vary")).toBe("Accept-Encoding");
      const plain = await app.request(`/${link}`);
      expect(plain.headers.get("content-encoding")).toBeNull();
      const bytes = Buffer.from(await packed.arrayBuffer());
      expect(gunzipSync(bytes).toString()).toBe(await plain.text());
    }
  });

  test.each(["/ui/none.js", "/ui/constructor", "/ui/%00"])("is not there as %s", async (path) => {
    const response = await app.request(path);
    expect(response.status).toBe(404);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toMatchObject({ error: { code: "route.notFound" } });
  });
});

test("/ui/ leads to /ui, also under a path", async () => {
  const outer = new Hono().route("/api", app);
  const response = await outer.request("/api/ui/");
  expect(response.status).toBe(308);
  const to = new URL(response.headers.get("location") ?? "", "http://localhost/api/ui/");
  expect(to.pathname).toBe("/api/ui");
});

test("nothing can be sent to the page", async () => {
  const response = await app.request("/ui", {
    method: "POST",
    headers: { authorization: "Bearer secret-token" },
  });
  expect(response.status).toBe(405);
});
