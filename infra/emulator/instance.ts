/**
 * One instance of a function, as Lambda runs them.
 *
 * I1. It is a process of its own, with the variables it is given and no others.
 * I2. It works on one event at a time, and is reused for the next.
 * I3. Between two events it is frozen: nothing of it runs.
 * I4. When its time is up, it is killed, whatever it is doing. Loading does not count.
 * I5. What it is given, and what it answers, is JSON of 6 MB at the most.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { endWithThisProcess } from "../local-process.ts";

export interface InstanceOptions {
  /** Of the function. */
  name: string;
  bundle: string;
  handler: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Readonly<Record<string, string>>;
  /** By how much its clock is ahead. */
  skewMs: number;
  /** Takes what it prints, a line at a time. */
  output(line: string): void;
}

/** What the process is told. */
export interface Invocation {
  id: string;
  event: unknown;
  context: {
    functionName: string;
    memoryLimitInMB: string;
    awsRequestId: string;
    /** In milliseconds since the epoch, by the clock of this machine. */
    deadline: number;
  };
}

/** What the process says; an answer is JSON. */
export type InstanceNotice =
  | { ready: true }
  | { id: string; answer: string }
  | { id: string; error: string };

/** Something is wrong with a bundle that takes so long to load. */
const LOAD_TIMEOUT_MS = 60_000;

const RUNTIME = new URL("runtime.ts", import.meta.url);
let runtime: string | undefined;

function readRuntime(): string {
  const { code } = transformSync(readFileSync(RUNTIME, "utf8"), { loader: "ts", target: "node20" });
  return code;
}

/** What Lambda passes on in one event, and takes as an answer, in bytes. */
const LARGEST_EVENT = 6 * 1024 * 1024;
const LARGEST_ANSWER = 6_291_556;

/** An event was not answered: the function threw, or its process ended. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/** An event that no function is given (I5). */
export class EventTooLargeError extends Error {
  override readonly name = "EventTooLargeError";
}

/** @throws EventTooLargeError */
export function checkEvent(event: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(event ?? null));
  if (bytes <= LARGEST_EVENT) return;
  throw new EventTooLargeError(
    `Request must be smaller than ${LARGEST_EVENT} bytes for the InvokeFunction operation, and has ${bytes}`,
  );
}

export class FunctionInstance {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #options: InstanceOptions;
  readonly #gone: Promise<unknown>;
  readonly #ready: Promise<InstanceNotice>;
  #busy = false;
  #timedOut = false;

  constructor(options: InstanceOptions) {
    runtime ??= readRuntime();
    const { bundle, handler, memoryMb, environment, skewMs } = options;
    this.#options = options;
    this.#child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${memoryMb}`,
        "--input-type=module",
        "--eval",
        runtime,
        pathToFileURL(bundle).href,
        handler,
        String(skewMs),
      ],
      {
        env: environment,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        // Ctrl-C is for the emulator, which ends its functions itself.
        detached: true,
      },
    );
    if (this.#child.pid === undefined) throw new Error("A function could not be started.");
    this.pid = this.#child.pid;
    this.#gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.once("exit", endWithThisProcess(this.pid));
    this.#print();
    this.#ready = this.#notice(LOAD_TIMEOUT_MS);
    this.#ready.catch(() => {}); // The first event is told.
  }

  get name(): string {
    return this.#options.name;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws FunctionError */
  async invoke(event: unknown): Promise<unknown> {
    this.#busy = true;
    try {
      await this.#ready;
      return await this.#call(event);
    } finally {
      this.#busy = false;
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async end(): Promise<void> {
    this.kill();
    await this.#gone;
  }

  async #call(event: unknown): Promise<unknown> {
    const { name, memoryMb, timeoutMs } = this.#options;
    const id = randomUUID();
    const context = {
      functionName: name,
      memoryLimitInMB: String(memoryMb),
      awsRequestId: id,
      deadline: Date.now() + timeoutMs,
    };
    this.#freeze("SIGCONT");
    const answered = this.#notice(timeoutMs);
    // Who waits hears of a process that has ended; that it cannot be told is no news.
    this.#child.send({ id, event, context } satisfies Invocation, () => {});
    const notice = await answered;
    this.#freeze("SIGSTOP");
    if ("answer" in notice) {
      if (Buffer.byteLength(notice.answer) <= LARGEST_ANSWER) return JSON.parse(notice.answer);
      throw new FunctionError(
        `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).`,
      );
    }
    throw new FunctionError("error" in notice ? notice.error : "It answered nothing.");
  }

  /** The next thing it says. Kills it if that takes too long. */
  async #notice(timeoutMs: number): Promise<InstanceNotice> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.kill();
    }, timeoutMs);
    const waiting = new AbortController();
    try {
      return await Promise.race([
        once(this.#child, "message", waiting).then(([notice]) => notice as InstanceNotice),
        this.#gone.then(() => {
          throw new FunctionError(this.#lastWords(timeoutMs));
        }),
      ]);
    } finally {
      clearTimeout(timer);
      waiting.abort();
    }
  }

  #lastWords(timeoutMs: number): string {
    if (this.#timedOut) return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
    const { exitCode, signalCode } = this.#child;
    return `Runtime exited with ${signalCode ?? `code ${exitCode}`}`;
  }

  #freeze(signal: "SIGSTOP" | "SIGCONT"): void {
    if (process.platform !== "win32") this.#child.kill(signal);
  }

  #print(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", this.#options.output);
    }
  }
}
