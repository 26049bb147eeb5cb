/** How long a fresh process takes to load a bundle, and to handle its first event. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface ColdStart {
  /** Both in milliseconds. */
  load: number;
  first: number;
}

/** The bundle and its first event come as arguments. Standard output is the function's own. */
const PROBE = `
  const [path, event] = process.argv.slice(-2);
  const started = performance.now();
  const { handler } = await import(path);
  const loaded = performance.now();
  await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 60_000 });
  process.send({ load: loaded - started, first: performance.now() - loaded });
  process.disconnect();
`;

/** @throws Error with what the process printed, if it does not come to its end. */
export async function startCold(
  path: string,
  event: unknown,
  env: Record<string, string>,
): Promise<ColdStart> {
  const args = ["--input-type=module", "--eval", PROBE, path, JSON.stringify(event)];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  let times: ColdStart | undefined;
  child.on("message", (message) => {
    times = message as ColdStart;
  });
  const [code] = await once(child, "close");
  if (times && code === 0) return times;
  throw new Error(`${path} ended with ${code}:\n${printed.join("")}`);
}
