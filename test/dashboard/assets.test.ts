import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundlePage } from "../../infra/bundle-page.ts";
import { ASSETS, PAGE } from "../../src/dashboard/assets.ts";

test("the page that is checked in is what its source makes: npm run build:page", async () => {
  const { html, assets } = await bundlePage();
  expect(PAGE).toBe(html);
  const kept = Object.entries(ASSETS).map(([name, { type, gzip }]) => ({
    name,
    type,
    body: gunzipSync(Buffer.from(gzip, "base64")).toString(),
  }));
  expect(kept).toEqual(assets);
});

test("the page is small", () => {
  const bytes = Object.values(ASSETS).map(({ gzip }) => Buffer.from(gzip, "base64").length);
  expect(bytes.reduce((total, each) => total + each, 0)).toBeLessThan(48_000);
});
