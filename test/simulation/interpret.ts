/** One generic workflow function: it runs a program. What its steps do is up to the host. */
import {
  CancellationError,
  ChildFailedError,
  FatalError,
  getContext,
  HookTimeoutError,
  isCancellation,
  RetryableError,
  shield,
  sleep,
  step,
} from "../../src/index.ts";
import { takeMessages } from "./channel-code.ts";
import { CHILD_FAILED, interpretChild } from "./families.ts";
import { takePayload } from "./hook-code.ts";
import type { Behaviour, Node, StepNode } from "./program.ts";

/** What the process that runs a step's code gives it. */
export interface StepHost {
  /** Virtual time in which the process lives; never resolves once it is dead. */
  pause(ms: number): Promise<void>;
  /** An attempt begins to execute. @returns tells that it has ended. */
  begin(name: string): () => void;
  /** Something is not as the engine promises. */
  complain(what: string): void;
  /** Somebody outside is told the token of a hook. */
  gave(hook: string, token: string): void;
  /** Which deployment this code is of: what steps are given tells. */
  edition: number;
}

type Run = (node: Node) => Promise<string>;

/** What a program says. */
export const SAID = "the code came by";

/** The same at every replay, whatever it is drawn from. */
function drawn(from: "random" | "uuid" | "now"): boolean {
  const { random, uuid, now } = getContext();
  if (from === "random") return random() < 0.5;
  return from === "uuid" ? uuid() < "8" : now().getTime() % 2 === 0;
}

/** What a program returns shows which way it went. */
export async function interpret(node: Node, host: StepHost): Promise<string> {
  const run: Run = (child) => interpret(child, host);
  switch (node.kind) {
    case "step":
      return await call(node, host);
    case "child":
      return await interpretChild(node);
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
    case "handover": {
      const floating = node.begunShielded ? shield(() => run(node.helper)) : run(node.helper);
      const meanwhile = await run(node.meanwhile);
      const helper = node.awaitedShielded ? await shield(() => floating) : await floating;
      return `(${meanwhile} ${helper})`;
    }
    case "hook":
      return await takePayload(node, {
        host,
        run,
        give: (given, besides) => call(given, host, besides),
      });
    case "receive":
      return await takeMessages(node, host);
    case "mail":
      return await run(node.body);
    case "drawn":
      return await run(drawn(node.from) ? node.either : node.or);
    case "listening": {
      const react = (): void => void shield(() => run(node.reaction)).catch(() => {});
      getContext().signal.addEventListener("abort", react, { once: true });
      return await run(node.body);
    }
    case "say":
      getContext().logger.info(SAID);
      return "said";
    case "wide":
      await Promise.all(Array.from({ length: node.times }, () => call(node.step, host)));
      return `${node.times}*${node.step.name}`;
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
  if (error instanceof ChildFailedError) return CHILD_FAILED;
  if (error instanceof Error && "step" in error) return `!${error.step}`;
  if (error instanceof HookTimeoutError) return `!${error.hook}`;
  return error instanceof Error ? `!${error.message}` : `!${error}`;
}

/** @param besides is called by each attempt. */
async function call(node: StepNode, host: StepHost, besides = (): void => {}): Promise<string> {
  const { name, retries, backoffMs, timeoutMs, inline } = node;
  const backoff = { initial: backoffMs, factor: 1.5, max: "1m" };
  const options = { retries, backoff, timeout: timeoutMs, inline };
  const given = { names: [name], edition: host.edition };
  const code = async (own: Given): Promise<Result> => {
    // It is changed here, and the next attempt gets a copy of what was given.
    if (own.names.push(name) > 2)
      host.complain(`step ${name} was given what an attempt had changed`);
    if (own.edition !== host.edition) host.complain(`step ${name} was given what others had given`);
    besides();
    return await attempt(node, host);
  };
  const { name: result } = await step(name, code, options)(given);
  if (given.names.length > 1) host.complain(`step ${name} changed what its workflow holds`);
  return result;
}

interface Given {
  names: string[];
  edition: number;
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
      if (does.ms > 0) await inside(does, does.ms / parts, host);
      if (part < parts) await context.checkCancellation();
    }
    const ballast = "x".repeat(does.ballast);
    if ((context.attempt ?? 1) <= does.fails) throw Object.assign(failure(does.how), { ballast });
    return { name, ballast };
  } finally {
    end();
  }
}

async function inside(does: Behaviour, ms: number, host: StepHost): Promise<void> {
  switch (does.inside) {
    case undefined:
      return await lapse(ms, does.listens, host);
    case "sleep":
      return await sleep(ms);
    case "shield":
      return await shield(() => shieldedLapse(ms, host));
  }
}

/** Behind a shield nothing tells a step of a cancellation that it has not heard of. */
async function shieldedLapse(ms: number, host: StepHost): Promise<void> {
  const { signal, checkCancellation } = getContext();
  const heard = signal.aborted;
  await host.pause(ms);
  await checkCancellation().catch(() => host.complain("a check behind a shield threw"));
  if (!heard && signal.aborted && isCancellation(signal.reason)) {
    host.complain("a signal fired behind a shield");
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
