/** The shell as its users run it: a process of its own, with arguments, streams and an exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Run {
  env?: Record<string, string>;
  cwd?: string;
  /** What is typed in. */
  input?: string;
  /** Does something to the process while it runs. */
  meanwhile?: (child: ChildProcess) => void;
}

/** For what another process does: a busy machine takes its time. */
export const PATIENTLY = { timeout: 20_000, interval: 20 };

/** A folder in this project, where packages are found, for as long as the file's tests run. */
export function projectFolder(name: string): string {
  mkdirSync(join(ROOT, "artifacts"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "artifacts", `${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type RunShell = (args: readonly string[], run?: Run) => Promise<Ended>;

/** Builds the shell before the tests of a file; answers what runs it. */
export function useShell(): RunShell {
  const outdir = projectFolder("shell");
  beforeAll(async () => {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ["src/cli/main.ts"],
      outdir,
      bundle: true,
      splitting: true,
      external: ["jiti", "@aws-sdk/*"],
      // What is CommonJS in the bundle asks for Node's own modules by `require`.
      banner: {
        js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);',
      },
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "warning",
    });
  });
  return async (args, { env, cwd = ROOT, input, meanwhile } = {}) => {
    const child = spawn(process.execPath, [join(outdir, "main.js"), ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", ...env },
    });
    child.stdin.end(input);
    meanwhile?.(child);
    const [stdout, stderr] = await Promise.all([
      // A reader that leaves early has read nothing that matters.
      text(child.stdout).catch(() => ""),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { code: child.exitCode, stdout, stderr };
  };
}
