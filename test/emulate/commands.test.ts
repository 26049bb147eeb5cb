/** `npm run emulate` and `npm run demo -- --stack lambda`, as users run them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, inject, it } from "vitest";
import { findFreePort } from "../../infra/local-process.ts";
import { until } from "../until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Command {
  child: ChildProcess;
  /** What it has printed so far. */
  text(): string;
  ended: Promise<number | null>;
}

const running: Command[] = [];
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) signalGroup(child, "SIGKILL");
    await ended;
  }
});

/** In a process group of its own, as a terminal starts it. */
function start(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Command {
  const child = spawn(file, args, {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DYNAMODB_ENDPOINT: inject("dynamodbEndpoint"), ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  const command = { child, text: () => text, ended };
  running.push(command);
  return command;
}

const emulate = (...args: string[]): Command =>
  start("npm", ["run", "--silent", "emulate", "--", ...args]);
/** Without npm before it. */
const emulateAlone = (args: string[] = [], env: NodeJS.ProcessEnv = {}): Command =>
  start(process.execPath, ["--import", "tsx", "infra/emulate.ts", ...args], env);

async function ready({ text }: Command): Promise<string> {
  return await until(() => (text().includes("Ctrl-C ends it all") ? text() : undefined));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

/** The processes that descend from it, by what the system says of their parents. */
function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found = [pid];
  for (const each of found) {
    for (const [child, parent] of parents) if (parent === each) found.push(child);
  }
  return found.slice(1);
}

/** `undefined` for what is no process, or one that has ended. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** Starts an order over the API, so that functions run. */
async function order(text: string): Promise<void> {
  const [, url = ""] = /listens on (\S+)/.exec(text) ?? [];
  const [, token = ""] = /token is\s+(\S+)/.exec(text) ?? [];
  const answer = await fetch(`${url}/workflows/order/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ input: { orderId: "1" } }),
  });
  expect(answer.status).toBe(202);
}

// What becomes of processes, only Linux tells without a program that may not be there.
const itOnLinux = it.skipIf(process.platform !== "linux");

describe("npm run emulate", { timeout: 90_000 }, () => {
  itOnLinux("serves what it prints, and ends with all its processes at Ctrl-C", async () => {
    const port = await findFreePort();
    const command = emulate("--port", String(port));
    const text = await ready(command);
    expect(text).toContain(`The API listens on http://127.0.0.1:${port}\n`);
    const curls = text.split("\n").filter((line) => line.startsWith("curl"));
    const shell = start("sh", ["-c", curls.join("\n")]);
    expect(await shell.ended).toBe(0);
    expect(shell.text()).toContain('"status":"pending"');
    // On a busy machine the order may be faster.
    expect(shell.text()).toMatch(
      /"outcome":"(requested|already-ended)","status":"(cancelled|comp)/,
    );

    const processes = descendantsOf(command.child.pid ?? 0);
    expect(processes.length).toBeGreaterThan(4);
    signalGroup(command.child, "SIGINT");
    expect(await command.ended).toBe(0);
    await until(() => processes.every((pid) => parentOf(pid) === undefined));
  });

  itOnLinux("leaves no process behind when it is killed", async () => {
    const command = emulateAlone();
    await order(await ready(command));
    const processes = descendantsOf(command.child.pid ?? 0);
    expect(processes.length).toBeGreaterThan(4);
    command.child.kill("SIGKILL");
    await until(() => processes.every((pid) => parentOf(pid) === undefined));
  });

  itOnLinux("leaves no process behind when the npm that runs it is killed", async () => {
    const command = emulate();
    await ready(command);
    const processes = descendantsOf(command.child.pid ?? 0);
    command.child.kill("SIGKILL");
    await until(() => processes.every((pid) => parentOf(pid) === undefined));
  });

  it("says so when its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const command = emulateAlone(["--port", String(port)]);
    expect(await command.ended).toBe(1);
    expect(command.text()).toContain(`Port ${port} is taken. Choose another one with --port`);
    other.close();
  });

  it("says what to install when there is no Java", async () => {
    const command = emulateAlone([], { DYNAMODB_ENDPOINT: "", PATH: "/nowhere" });
    expect(await command.ended).toBe(1);
    expect(command.text()).toContain("Install Java 17");
    expect(command.text()).not.toContain("    at ");
  });

  it.each([["--port", "http"], ["--instances", "0"], ["--ports"]])(
    "explains itself when it is given %s %s",
    async (...args) => {
      const command = emulateAlone(args);
      expect(await command.ended).toBe(2);
      expect(command.text()).toContain("Usage: npm run emulate");
    },
  );
});

describe("npm run demo -- --stack lambda", { timeout: 90_000 }, () => {
  itOnLinux("tells what happens, keeps its promises, and leaves no process behind", async () => {
    const command = start("npm", ["run", "--silent", "demo", "--", "--stack", "lambda"]);
    await until(() => command.text().includes("Order #2 is cancelled"));
    const processes = descendantsOf(command.child.pid ?? 0);
    expect(await command.ended).toBe(0);
    expect(command.text()).toContain("⚓ it lands at the checkpoint: step ship");
    expect(command.text()).toContain("Everything came out as promised.");
    await until(() => processes.every((pid) => parentOf(pid) === undefined));
  });
});
