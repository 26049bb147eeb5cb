/** A program that one runtime runs to its end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { endWithThisProcess } from "../infra/local-process.ts";
import { findRuntime } from "./runtimes.ts";
import type { ServerOptions } from "./server.ts";

export interface ProgramOptions extends ServerOptions {
  /** What the runtime itself is told. */
  flags: readonly string[];
  /** Run instead of the server. */
  program: string;
}

/** How it ended, and all that it printed. */
export async function runProgram(
  options: ProgramOptions,
): Promise<{ code: number | null; printed: string }> {
  const found = findRuntime(options.runtime);
  if (!found) throw new Error(`${options.runtime} is not installed`);
  const args = [...options.flags, ...found.args.slice(0, -1), options.program];
  const child = spawn(found.command, args, {
    cwd: options.cwd,
    env: { ...options.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  if (child.pid === undefined) throw new Error(`${options.runtime} could not be started`);
  child.once("exit", endWithThisProcess(child.pid));
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const [code] = (await ended) as [number | null];
  return { code, printed };
}
