/** Global set-up: the package as npm packs it, an app on it for each runtime, and DynamoDB Local. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import type { TestProject } from "vitest/node";
import { startDynamoLocal } from "../infra/dynamodb-local.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder to run a runtime in. */
    app: string;
    dynamodbEndpoint: string;
  }
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = fileURLToPath(new URL("app", import.meta.url));
const ENTRIES = ["node", "bun", "deno", "rejections"];

export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  const place = mkdtempSync(join(tmpdir(), "detent-runtimes-"));
  const app = join(place, "app");
  installPackage(place, app);
  await buildApp(app);
  const dynamodb = await startDynamoLocal();
  project.provide("app", app);
  project.provide("dynamodbEndpoint", dynamodb.endpoint);
  return async () => {
    await dynamodb.stop();
    rmSync(place, { recursive: true });
  };
}

/** The packed package by its name; what it depends on is found one folder further up. */
function installPackage(place: string, app: string): void {
  const run = (command: string, ...args: string[]): void =>
    void execFileSync(command, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  run("npm", "pack", "--silent", "--pack-destination", place);
  const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  const target = join(app, "node_modules/detent");
  mkdirSync(target, { recursive: true });
  run("tar", "-xzf", join(place, tarball), "--strip-components=1", "-C", target);
  symlinkSync(join(ROOT, "node_modules"), join(place, "node_modules"), "junction");
}

/** Of the servers only the types are taken away; a worker is one file, as wrangler builds it. */
async function buildApp(app: string): Promise<void> {
  const shared = {
    absWorkingDir: app,
    outdir: app,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2022",
    // Or it would find the sources where the type checker finds them.
    tsconfigRaw: {},
    nodePaths: [join(app, "node_modules")],
    logLevel: "warning",
  } satisfies BuildOptions;
  await build({
    ...shared,
    entryPoints: ENTRIES.map((name) => join(SOURCES, `${name}.ts`)),
    packages: "external",
    splitting: true,
  });
  await build({
    ...shared,
    entryPoints: [join(SOURCES, "worker.ts")],
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
  });
  copyFileSync(join(SOURCES, "worker.capnp"), join(app, "worker.capnp"));
}
