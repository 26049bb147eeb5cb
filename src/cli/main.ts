#!/usr/bin/env node
/** The process of the shell: its arguments, streams, signals and exit code. */
import { readFileSync } from "node:fs";
import { runShell } from "./run-shell.ts";

const leaving = new AbortController();

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // A second signal ends the process at once, as the first would have without this handler.
  process.once(signal, () => leaving.abort(new Error(`Interrupted by ${signal}.`)));
}

// The reader has seen enough, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const { version } = JSON.parse(manifest) as { version: string };
const { stdout, stderr, stdin, env } = process;

const shell = { stdout, stderr, stdin, env, signal: leaving.signal };
process.exitCode = await runShell(process.argv.slice(2), shell, version);
// A step of `detent dev` that still executes would keep the process.
if (leaving.signal.aborted) process.exit();
