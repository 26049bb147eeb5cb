/** What starting a local server takes: a port, proof of who listens on it, and a sure end. */
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";

/** A port that nothing listened on a moment ago, on any address. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, () => {
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

/**
 * Ends the process `pid` when this process ends, however that happens: `exit` handlers do not run
 * on SIGTERM, SIGKILL or a crash, but a pipe always closes. The guard stands in a process group of
 * its own, so that Ctrl-C does not reach it first.
 *
 * @returns ends the guard; call it when the process has ended by other means
 */
export function endWithThisProcess(pid: number): () => void {
  const guard = spawn(
    process.execPath,
    [
      "--eval",
      `process.stdin.on("end", () => { try { process.kill(${pid}, "SIGKILL"); } catch {} }).resume()`,
    ],
    { stdio: ["pipe", "ignore", "ignore"], detached: true, env: {} },
  );
  guard.unref();
  return () => {
    guard.kill("SIGKILL");
  };
}
