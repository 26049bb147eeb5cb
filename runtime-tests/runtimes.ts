/** The runtimes that the suite runs on, and where npm has put their binaries. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const RUNTIMES = ["node20", "node22", "node24", "bun", "deno", "workerd"] as const;
export type Runtime = (typeof RUNTIMES)[number];

interface Program {
  /** The file in its package, and the packages that lead to it, each a dependency of the one before. */
  binary: readonly [path: string, ...packages: string[]];
  /** Run in the folder of the built app. */
  args: readonly string[];
}

const { platform, arch } = process;
const windows = platform === "win32" ? ".exe" : "";

function node(major: number): Program {
  return { binary: ["bin/node", `node${major}-${platform}-${arch}`], args: ["node.mjs"] };
}

const PROGRAMS: Record<Runtime, Program> = {
  node20: node(20),
  node22: node(22),
  node24: node(24),
  bun: {
    binary: [
      `bin/bun${windows}`,
      "bun",
      `@oven/bun-${platform === "win32" ? "windows" : platform}-${arch === "arm64" ? "aarch64" : arch}`,
    ],
    args: ["bun.mjs"],
  },
  deno: {
    binary: [
      `deno${windows}`,
      "deno",
      `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`,
    ],
    args: ["run", "--allow-all", "--no-remote", "--node-modules-dir=manual", "deno.mjs"],
  },
  workerd: {
    binary: [
      `bin/workerd${windows}`,
      "workerd",
      `@cloudflare/workerd-${platform === "win32" ? "windows" : platform}-${arch === "x64" ? "64" : arch}`,
    ],
    // The experimental flag allows to fire the schedule; the third stream tells the port.
    args: ["serve", "--experimental", "--control-fd=3", "worker.capnp"],
  },
};

export interface Command {
  command: string;
  args: string[];
}

/** What to spawn, or `undefined` if it is not installed. */
export function findRuntime(runtime: Runtime): Command | undefined {
  const { binary, args } = PROGRAMS[runtime];
  const command = installed(binary) ?? thisNode(runtime);
  return command === undefined ? undefined : { command, args: [...args] };
}

function installed([path, ...packages]: Program["binary"]): string | undefined {
  let from = import.meta.url;
  try {
    for (const name of packages) from = createRequire(from).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
  const command = join(dirname(from), path);
  return existsSync(command) ? command : undefined;
}

/** The Node that runs the suite needs no package. */
function thisNode(runtime: Runtime): string | undefined {
  return runtime === `node${process.versions.node.split(".")[0]}` ? process.execPath : undefined;
}
