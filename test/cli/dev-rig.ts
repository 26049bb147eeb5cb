/** `detent dev` as a process, and modules for it to load. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import { type Client, createClient } from "../../src/http/client/index.ts";
import { type Ended, PATIENTLY, projectFolder, useShell } from "./shell-process.ts";

const INDEX = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

export interface Dev {
  client: Client;
  ready: Record<string, unknown>;
  /** Resolves once standard error has said this. */
  said(text: string | RegExp): Promise<void>;
  /** Ctrl-C; answers how the process ended. */
  interrupt(): Promise<Ended>;
}

export interface DevRig {
  /** Writes a file of the user's project; `detent` in it is where this package is. */
  write(path: string, source: string): string;
  start(args: readonly string[], env?: Record<string, string>): Promise<Dev>;
}

export function useDev(): DevRig {
  const run = useShell();
  const folder = projectFolder("dev");
  return {
    write(path, source) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, source.replace('"detent"', `"${relative(dirname(file), INDEX)}"`));
      return file;
    },
    async start(args, env = {}) {
      let child: ChildProcess | undefined;
      let stdout = "";
      let stderr = "";
      const ended = run(["dev", "--port", "0", "-o", "json", ...args], {
        cwd: folder,
        env,
        meanwhile(started) {
          child = started;
          started.stdout?.on("data", (text) => {
            stdout += text;
          });
          started.stderr?.on("data", (text) => {
            stderr += text;
          });
        },
      });
      onTestFinished(async () => {
        child?.kill("SIGKILL");
        await ended;
      });
      await vi.waitUntil(() => stdout.endsWith("}\n") || child?.exitCode !== null, PATIENTLY);
      const ready = JSON.parse(stdout) as Record<string, unknown>;
      return {
        ready,
        client: createClient({ baseUrl: String(ready["url"]), token: String(ready["token"]) }),
        said: async (text) => {
          await vi.waitUntil(() => stderr.match(text), PATIENTLY);
        },
        interrupt() {
          child?.kill("SIGINT");
          return ended;
        },
      };
    },
  };
}
