/**
 * An SQS-compatible server in a process of its own, which can be killed, and started again at the
 * same address: empty, as it keeps its messages in memory.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { endWithThisProcess, findLastingPort, isListening } from "../local-process.ts";

export interface QueueProcess {
  readonly endpoint: string;
  readonly pid: number;
  /** Drops every connection from now on, and keeps the messages; or answers again. */
  setOpen(open: boolean): Promise<void>;
  /** Ends the process, and all messages with it. */
  stop(): Promise<void>;
  /** Starts it again after `stop`, without messages or queues. */
  start(): Promise<void>;
}

/** What the process is told, and says. */
export type QueueOrder = { open: boolean };
export type QueueNotice = { endpoint: string } | { failed: string } | QueueOrder;

const SERVER = fileURLToPath(new URL("queue-server.ts", import.meta.url));
const TYPESCRIPT = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

export async function startQueueProcess(): Promise<QueueProcess> {
  const port = await findLastingPort();
  let child: ChildProcess;

  async function start(): Promise<void> {
    child = fork(SERVER, [String(port)], {
      execArgv: ["--import", TYPESCRIPT],
      // Ctrl-C is for the process that started it, which ends it when it needs it no more.
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error("The queue server could not be started.");
    child.once("exit", endWithThisProcess(pid));
    const notice = await Promise.race([
      once(child, "message").then(([message]) => message as QueueNotice),
      once(child, "exit").then((): QueueNotice => ({ failed: "its process has ended" })),
    ]);
    if ("failed" in notice || !isListening(pid, port)) {
      await stop();
      const why = "failed" in notice ? notice.failed : "another process listens there";
      throw new Error(`The queue server did not start on port ${port}: ${why}.`);
    }
  }

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  await start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    async setOpen(open) {
      const done = once(child, "message");
      child.send({ open } satisfies QueueOrder);
      await done;
    },
    stop,
    start,
  };
}
