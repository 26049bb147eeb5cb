/** The shell without a process: what it is given, and what it printed where. */
import { Readable } from "node:stream";
import { runShell } from "../../src/cli/run-shell.ts";
import type { Shell } from "../../src/cli/shell.ts";

export interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Place {
  env?: Record<string, string>;
  /** Whether both streams lead to a terminal, and how wide that is. */
  columns?: number;
  signal?: AbortSignal;
  /** Hears what has been printed on standard error so far, each time there is more. */
  heard?: (stderr: string) => void;
}

export async function runHere(args: readonly string[], place: Place = {}): Promise<Printed> {
  const { env = {}, columns, heard, signal = new AbortController().signal } = place;
  const printed = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof printed) => ({
    write: (text: string) => {
      printed[name] += text;
      if (name === "stderr") heard?.(printed.stderr);
    },
    isTTY: columns !== undefined,
    columns,
  });
  const shell: Shell = {
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    stdin: Readable.from([]),
    env,
    signal,
  };
  return { code: await runShell(args, shell, "1.2.3"), ...printed };
}
