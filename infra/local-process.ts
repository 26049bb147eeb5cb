/** What starting a local server takes: a port, proof of who listens on it, and a sure end. */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import type { Writable } from "node:stream";

/** A port that nothing listened on a moment ago, on any address. */
export function findFreePort(): Promise<number> {
  return tryPort(0);
}

/** Systems give ports out above these, so none of them is taken by chance while its server is down. */
const [FIRST_LASTING_PORT, LAST_LASTING_PORT] = [20_000, 30_000];
const PORTS_TO_TRY = 50;

/** A free port for a server that will be stopped and started again on it. */
export async function findLastingPort(): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryPort(randomInt(FIRST_LASTING_PORT, LAST_LASTING_PORT));
    } catch (error) {
      if (tries === PORTS_TO_TRY) throw error;
    }
  }
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(port, () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("The operating system named no free port")),
      );
    });
  });
}

/** Whether this very process is the one that listens on the TCP port. */
export function isListening(pid: number, port: number): boolean {
  return process.platform === "linux" ? holdsSocket(pid, port) : lsofFinds(pid, port);
}

function holdsSocket(pid: number, port: number): boolean {
  const LISTEN = "0A";
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  try {
    const sockets = ["tcp", "tcp6"]
      .flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n"))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(ending) && state === LISTEN)
      .map((fields) => `socket:[${fields[9]}]`);
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.includes(linkOf(pid, fd)));
  } catch {
    return false; // the process is gone
  }
}

function linkOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return ""; // closed since it was listed
  }
}

function lsofFinds(pid: number, port: number): boolean {
  const query = ["-nP", "-a", "-p", String(pid), `-iTCP:${port}`, "-sTCP:LISTEN", "-t"];
  try {
    return execFileSync("lsof", query, { encoding: "utf8" }).trim() === String(pid);
  } catch (error) {
    // Without lsof (Windows) nobody can tell; a port that was free a second ago has to do.
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}

/** Standard input: `+pid` and `-pid`, a line each. Kills what is left when that ends. */
const GUARD = `
  const pids = new Set();
  let text = "";
  process.stdin.setEncoding("utf8").on("data", (chunk) => {
    const lines = (text + chunk).split("\\n");
    text = lines.pop();
    for (const line of lines) pids[line[0] === "+" ? "add" : "delete"](Number(line.slice(1)));
  });
  process.stdin.on("end", () => {
    for (const pid of pids) try { process.kill(pid, "SIGKILL"); } catch {}
  });
`;

let guard: ChildProcessByStdio<Writable, null, null> | undefined;
let guarded = 0;

/**
 * Ends the process `pid` when this process ends, however that happens: `exit` handlers do not run
 * on SIGTERM, SIGKILL or a crash, but a pipe always closes. One guard looks after all; it stands in
 * a process group of its own, so that Ctrl-C does not reach it first.
 *
 * @returns dismisses the guard; call it when the process has ended by other means
 */
export function endWithThisProcess(pid: number): () => void {
  guard ??= startGuard();
  const { stdin } = guard;
  stdin.write(`+${pid}\n`);
  guarded += 1;
  let dismissed = false;
  return () => {
    if (dismissed) return;
    dismissed = true;
    stdin.write(`-${pid}\n`);
    guarded -= 1;
    if (guarded > 0) return;
    stdin.end();
    guard = undefined;
  };
}

function startGuard(): NonNullable<typeof guard> {
  const child = spawn(process.execPath, ["--eval", GUARD], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
  });
  child.unref();
  child.stdin.on("error", () => {}); // It is gone: there is nothing to tell it any more.
  return child;
}
