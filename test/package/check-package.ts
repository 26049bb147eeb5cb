/**
 * `npm run check:package`: packs the package, installs it in an empty project and uses it there,
 * first without its optional peers, then with them, as plain JavaScript and as TypeScript.
 */
import { execFileSync, spawnSync } from "node:child_process";
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
  useShell(project);

  install(project, ...[...Object.keys(manifest.peerDependencies), "@types/node"].map(pinned));
  importEach(project, entries);
  copyFileSync(CONSUMER, join(project, "consumer.ts"));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const options = "--module nodenext --target es2022 --strict --types node --outDir built";
  run(project, tsc, ...options.split(" "), "consumer.ts");
  run(project, process.execPath, "built/consumer.js");
  console.log(
    `${tarball}: ${entries.length} entry points import, type-check and run, and so does the shell`,
  );
}

function importEach(project: string, entries: readonly string[]): void {
  for (const entry of entries) {
    run(project, process.execPath, "--input-type=module", "--eval", `await import("${entry}")`);
  }
}

/** The shell that was installed: it says what is missing, and serves a module in TypeScript. */
function useShell(project: string): void {
  const shell = join(project, "node_modules/.bin/detent");
  const table = spawnSync(shell, ["table", "create", "--table", "a"], { encoding: "utf8" });
  if (table.status !== 1 || !table.stderr.includes("npm install @aws-sdk/client-dynamodb")) {
    throw new Error(`detent table create without the AWS SDK: ${JSON.stringify(table)}`);
  }
  const source = `import { workflow } from "detent";
    export const twice = workflow("twice", async (n: number): Promise<number> => 2 * n);`;
  writeFileSync(join(project, "workflows.ts"), source);
  // Ends `detent dev` as Ctrl-C would, once a run has completed in it.
  const script = `
    "$0" dev --port 0 --token t --output json > dev.json & dev=$!
    until url=$(node -p 'JSON.parse(fs.readFileSync("dev.json")).url' 2> dev.err); do sleep 0.1; done
    "$0" workflows run twice --input 21 --wait --url "$url" --token t --output plain
    kill -TERM $dev && wait $dev`;
  const dev = spawnSync("bash", ["-c", script, shell], { cwd: project, encoding: "utf8" });
  if (dev.status !== 0 || !dev.stdout.endsWith("\tcompleted\t42\n")) {
    throw new Error(`detent dev of the installed package: ${JSON.stringify(dev)}`);
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
