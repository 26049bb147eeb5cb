/** An app that listens, and the shell turned to it. */
import type { Store } from "../../src/ports/store.ts";
import { listen } from "../http/listen.ts";
import { createTestApp, type TestApp, TOKEN } from "../http/test-app.ts";
import { type Printed, runHere } from "./shell-here.ts";
import type { RunShell } from "./shell-process.ts";

export interface LiveApp extends TestApp {
  /** Without a process of its own. */
  shell(...args: string[]): Promise<Printed>;
  /** A process, with `--output json`; its standard output must be one JSON document. */
  json(...args: string[]): Promise<{ code: number | null; body: Record<string, unknown> }>;
  env: Record<string, string>;
}

/** @param run what `useShell` answered */
export async function openLiveApp(
  run: RunShell,
  options: { store?: Store } = {},
): Promise<LiveApp> {
  const testApp = createTestApp(options);
  const url = `http://127.0.0.1:${await listen(testApp.app)}`;
  const env = { DETENT_URL: url, DETENT_TOKEN: TOKEN };
  return {
    ...testApp,
    env,
    shell: (...args) => runHere(args, { env }),
    async json(...args) {
      const { code, stdout } = await run([...args, "--output", "json"], { env });
      return { code, body: JSON.parse(stdout) };
    },
  };
}
