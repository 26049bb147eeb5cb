import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundlePage } from "../../infra/bundle-page.ts";
import { ASSETS, PAGE } from "../../src/http/page/assets.ts";

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

test("whose work is in the page goes with it, and with the package", async () => {
  const { assets, licences } = await bundlePage();
  for (const name of ["preact", "devalue", "parse-duration"]) {
    expect(licences).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, "m"));
  }
  expect(licences).toContain("Copyright (c) 2015-present Jason Miller");
  expect(licences.match(/The above copyright notice and this permission notice/g)).toHaveLength(3);
  expect(assets.find(({ name }) => name.endsWith(".js"))?.body).toContain(licences);
  const root = new URL("../../", import.meta.url);
  const file = "THIRD-PARTY-LICENCES.txt";
  expect(readFileSync(new URL(file, root), "utf8")).toContain(licences);
  const { files } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    files: string[];
  };
  expect(files).toContain(file);
});

test("the page is small", () => {
  const bytes = Object.values(ASSETS).map(({ gzip }) => Buffer.from(gzip, "base64").length);
  expect(bytes.reduce((total, each) => total + each, 0)).toBeLessThan(57_000);
});
