/**
 * `npm run check:package`: packs the package, installs it in an empty project and uses it there,
 * first without its optional peers, then with them, as plain JavaScript and as TypeScript.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONSUMER = fileURLToPath(new URL("consumer.ts", import.meta.url));
/** What cannot be imported before the user has installed the AWS SDK, or OpenTelemetry. */
const NEEDS_PEERS = ["detent/dynamodb", "detent/sqs", "detent/telemetry"];

const place = mkdtempSync(join(tmpdir(), "detent-package-"));
try {
  checkPackage(join(place, "consumer"));
} finally {
  rmSync(place, { recursive: true });
}

function checkPackage(project: string): void {
  const manifest = readManifest(ROOT);
  const entries = Object.keys(manifest.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => path.replace(".", "detent"));
  if (entries.length === 0) throw new Error("package.json exports nothing");

  run(ROOT, "npm", "pack", "--silent", "--pack-destination", place);
  const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"));
  if (!tarball) throw new Error("npm pack made no tarball");

  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  install(project, join(place, tarball));
  const alone = entries.filter((entry) => !NEEDS_PEERS.includes(entry));
  importEach(project, alone);

  install(project, ...[...Object.keys(manifest.peerDependencies), "@types/node"].map(pinned));
  importEach(project, entries);
  copyFileSync(CONSUMER, join(project, "consumer.ts"));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const options = "--module nodenext --target es2022 --strict --types node --outDir built";
  run(project, tsc, ...options.split(" "), "consumer.ts");
  run(project, process.execPath, "built/consumer.js");
  console.log(`${tarball}: ${entries.length} entry points import, type-check and run`);
}

function importEach(project: string, entries: readonly string[]): void {
  for (const entry of entries) {
    run(project, process.execPath, "--input-type=module", "--eval", `await import("${entry}")`);
  }
}

/** The version this project is tested with. */
function pinned(name: string): string {
  return `${name}@${readManifest(join(ROOT, "node_modules", name)).version}`;
}

function install(project: string, ...packages: string[]): void {
  run(project, "npm", "install", "--silent", "--no-audit", "--prefix", project, ...packages);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function run(cwd: string, command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}
