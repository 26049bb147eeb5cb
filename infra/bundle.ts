import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { resources } from "./stack/index.ts";

/** The functions, as serverless.yml names them. */
export const FUNCTIONS = ["api", "turn", "sweep", "dead-letter"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  name: FunctionName;
  path: string;
  /** Minified. */
  bytes: number;
}

/** How the SDK finds credentials where there are none in the environment. */
const DEVELOPER_CREDENTIALS = ["ini", "process", "sso", "web-identity"].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
);
const NO_CREDENTIALS = fileURLToPath(new URL("lambda-credentials.ts", import.meta.url));

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles each function into one file with everything that it needs, the AWS SDK included, which is
 * smaller and starts faster than the one that the runtime brings.
 */
export async function bundleFunctions(folder: string): Promise<Bundle[]> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: FUNCTIONS.map((name) => `functions/${name}.ts`),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node22",
    alias: Object.fromEntries(DEVELOPER_CREDENTIALS.map((name) => [name, NO_CREDENTIALS])),
    // The SDK's ES modules are half the size of what esbuild takes for Node by default.
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "warning",
  });
  return await Promise.all(
    FUNCTIONS.map(async (name) => {
      const path = join(folder, `${name}.mjs`);
      return { name, path, bytes: (await stat(path)).size };
    }),
  );
}

/** Writes all that serverless.yml refers to. */
export async function buildStack(folder = join(ROOT, "build")): Promise<Bundle[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "resources.json"), JSON.stringify(resources, null, 2));
  return await bundleFunctions(join(folder, "functions"));
}
