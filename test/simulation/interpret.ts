/** One generic workflow function: it runs a program. What its steps do is up to the host. */
import {
  CancellationError,
  FatalError,
  getContext,
  isCancellation,
  RetryableError,
  shield,
  sleep,
  step,
} from "../../src/index.ts";
import type { Node, StepNode } from "./program.ts";

/** What the process that runs a step's code gives it. */
export interface StepHost {
  /** Virtual time in which the process lives; never resolves once it is dead. */
  pause(ms: number): Promise<void>;
  /** An attempt begins to execute. @returns tells that it has ended. */
  begin(name: string): () => void;
}

type Run = (node: Node) => Promise<string>;

/** What a program returns shows which way it went. */
export async function interpret(node: Node, host: StepHost): Promise<string> {
  const run: Run = (child) => interpret(child, host);
  switch (node.kind) {
    case "step":
      return await call(node, host);
    case "sleep":
      await sleep(node.ms);
      return "slept";
    case "check":
      await getContext().checkCancellation();
      return "checked";
    case "throw":
      throw new Error("thrown");
    case "sequence": {
      const results: string[] = [];
      for (const part of node.parts) results.push(await run(part));
      return `(${results.join(" ")})`;
    }
    case "parallel":
      return await together(node, run);
    case "shield":
      return await shield(() => run(node.body));
    case "repeat": {
      const results: string[] = [];
      for (let time = 0; time < node.times; time += 1) results.push(await run(node.body));
      return `(${results.join(" ")})`;
    }
    case "float": {
      const floating = run(node.helper);
      const meanwhile = await run(node.meanwhile);
      return `(${meanwhile} ${await floating})`;
    }
    case "try":
      return await guarded(node, run);
    case "finally":
      try {
        return await run(node.body);
      } finally {
        await run(node.cleanup);
      }
  }
}

async function together(
  { how, parts }: Extract<Node, { kind: "parallel" }>,
  run: Run,
): Promise<string> {
  const running = parts.map(run);
  switch (how) {
    case "all":
      return `[${(await Promise.all(running)).join(" ")}]`;
    case "race":
      return await Promise.race(running);
    case "any":
      return await Promise.any(running);
    case "allSettled": {
      const settled = await Promise.allSettled(running);
      const words = settled.map((each) =>
        each.status === "fulfilled" ? each.value : errorName(each.reason),
      );
      return `{${words.join(" ")}}`;
    }
  }
}

async function guarded(node: Extract<Node, { kind: "try" }>, run: Run): Promise<string> {
  try {
    return await run(node.body);
  } catch (error) {
    const { cleanup } = node;
    if (cleanup) await (node.shielded ? shield(() => run(cleanup)) : run(cleanup));
    if (node.then === "swallow") return "swallowed";
    if (node.then === "replace") throw new Error("replaced");
    if (node.then === "stubborn" && isCancellation(error)) await neverGiveUp();
    throw error;
  }
}

/** If the run was asked to stop, it ends only because the engine bounds it. */
async function neverGiveUp(): Promise<void> {
  for (let cancelled = true; cancelled; ) {
    cancelled = false;
    await sleep(1).catch(() => {
      cancelled = true;
    });
  }
}

/** What an error of a program is called by, with all that may reject it. */
export function errorName(error: unknown): string {
  if (isCancellation(error)) return "!cancelled";
  if (error instanceof AggregateError) return "!any";
  if (error instanceof Error && "step" in error) return `!${error.step}`;
  return error instanceof Error ? `!${error.message}` : `!${error}`;
}

async function call(node: StepNode, host: StepHost): Promise<string> {
  const { name, retries, backoffMs, timeoutMs, inline } = node;
  const backoff = { initial: backoffMs, factor: 1.5, max: "1m" };
  const options = { retries, backoff, timeout: timeoutMs, inline };
  return (await step(name, () => attempt(node, host), options)()).name;
}

/** What a step answers: its name, and something heavy. */
interface Result {
  name: string;
  ballast: string;
}

async function attempt({ name, does }: StepNode, host: StepHost): Promise<Result> {
  const context = getContext();
  const end = host.begin(name);
  try {
    const parts = does.checks + 1;
    for (let part = 1; part <= parts; part += 1) {
      if (does.ms > 0) await lapse(does.ms / parts, does.listens, host);
      if (part < parts) await context.checkCancellation();
    }
    const ballast = "x".repeat(does.ballast);
    if ((context.attempt ?? 1) <= does.fails) throw Object.assign(failure(does.how), { ballast });
    return { name, ballast };
  } finally {
    end();
  }
}

async function lapse(ms: number, listens: boolean, host: StepHost): Promise<void> {
  if (!listens) return await host.pause(ms);
  const { signal } = getContext();
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    void host.pause(ms).then(resolve);
  });
}

function failure(how: StepNode["does"]["how"]): Error {
  if (how === "fatal") return new FatalError("beyond repair");
  if (how === "cancellation") return new CancellationError({ reason: "nobody asked" });
  if (how === "retryable") return new RetryableError("not now", { retryAfter: 700 });
  return new Error("out of paper");
}
