/** A server process of one runtime. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { endWithThisProcess } from "../infra/local-process.ts";
import { findRuntime, type Runtime } from "./runtimes.ts";

export interface ServerOptions {
  runtime: Runtime;
  /** Where its app is. */
  cwd: string;
  env: Record<string, string>;
}

export interface Server {
  readonly url: string;
  /** Resolves when the process has ended, whatever ended it. */
  readonly ended: Promise<unknown>;
  /** Everything it has printed. */
  printed(): string;
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;

/** Starts a server, and waits until it listens. */
export async function startServer({ runtime, cwd, env }: ServerOptions): Promise<Server> {
  const program = findRuntime(runtime);
  if (!program) throw new Error(`${runtime} is not installed`);
  const child = spawn(program.command, program.args, {
    cwd,
    env: { ...env, NO_COLOR: "1", AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  if (child.pid === undefined) throw new Error(`${runtime} could not be started`);
  child.once("exit", endWithThisProcess(child.pid));
  const streams = child.stdio.slice(1) as Readable[];
  let printed = "";
  const port = new Promise<number>((resolve) => {
    for (const stream of streams) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const [, found] = /"port":(\d+)/.exec(printed) ?? [];
        if (found !== undefined) resolve(Number(found));
      });
    }
  });
  const late = AbortSignal.timeout(START_TIMEOUT_MS);
  const tooLate = once(late, "abort");
  const listening = await Promise.race([port, ended, tooLate]);
  if (typeof listening !== "number") {
    child.kill("SIGKILL");
    throw new Error(`${runtime} did not listen. It printed:\n${printed}`);
  }
  return {
    url: `http://127.0.0.1:${listening}`,
    ended,
    printed: () => printed,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
