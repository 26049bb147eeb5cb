import { build } from "esbuild";
import { expect, test } from "vitest";

const LIMIT = 53_000;

test("the client is small, and needs nothing that a browser lacks", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ["src/http/client/index.ts"],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    metafile: true,
    write: false,
  });
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  expect([...new Set(packages)].sort()).toEqual(["devalue", "parse-duration"]);
  expect(outputFiles[0]?.contents.length).toBeLessThan(LIMIT);
  expect(outputFiles[0]?.contents.length).toBeGreaterThan(1_000);
});
