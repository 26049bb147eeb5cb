/** Workflows that end by themselves. */
import {
  ChildFailedError,
  channel,
  child,
  FatalError,
  getContext,
  hook,
  StepFailedError,
  sleep,
  step,
  workflow,
} from "detent";
import { pass } from "./gates.ts";

const double = step("double", async (n: number) => {
  await sleep(n % 3);
  return n * 2;
});

export const parallel = workflow(
  "parallel",
  async (count: number) => await Promise.all(Array.from({ length: count }, (_, n) => double(n))),
);

export const nap = workflow("nap", async () => {
  const { now } = getContext();
  const before = now();
  await sleep("300ms");
  return now().getTime() - before.getTime();
});

export const asking = workflow("asking", async () => {
  const first = hook("first");
  const second = hook("second", { timeout: "1h" });
  return await Promise.all([second, first]);
});

const pieces = workflow("pieces", async (count: number) => {
  if (count > 3) throw new FatalError("too many");
  return new Set(await Promise.all(Array.from({ length: count }, (_, n) => double(n))));
});
/** What each of its children came to. */
const parents = workflow("parents", async (counts: number[]) => {
  const born = await Promise.all(counts.map((count) => child(pieces, count)));
  return await Promise.all(
    born.map((each) =>
      each.result().catch((error: unknown) => {
        if (error instanceof ChildFailedError) return error.status;
        throw error;
      }),
    ),
  );
});
export const family = [parents, pieces] as const;

const news = channel<unknown>("news");
export const hearing = workflow(
  "hearing",
  async () => {
    const heard = [await news.receive()];
    for await (const more of news) {
      heard.push(more);
      if (heard.length === 3) break;
    }
    return heard;
  },
  { channels: [news] },
);

const fail = step(
  "fail",
  async () => {
    const { attempt = 0 } = getContext();
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
    return attempt;
  },
  { retries: 3, backoff: { initial: "50ms", jitter: false } },
);

export const retried = workflow("retried", async () => await fail());

const keep = step("keep", async (value: unknown) => value);

export const kept = workflow("kept", async (value: unknown) => await keep(value));

class OutOfStockError extends Error {
  override readonly name = "OutOfStockError";
  readonly left = 0n;
}

const order = step(
  "order",
  async () => {
    throw new OutOfStockError("nothing left", { cause: new FatalError("no supplier") });
  },
  { retries: 0 },
);

/** Hands on what its step threw, as its code caught it. */
export const thrown = workflow("thrown", async () => {
  try {
    await order();
  } catch (error) {
    return error instanceof StepFailedError ? error.cause : "no step has failed";
  }
  return "nothing was thrown";
});

/** The run that the code believes to be in, asked wherever async code can lose its way. */
const whose = step("whose", async () => {
  const seen = [getContext().runId];
  await new Promise((resolve) => setTimeout(resolve, 5));
  seen.push(getContext().runId);
  await Promise.resolve();
  queueMicrotask(() => seen.push(getContext().runId));
  // Not every runtime keeps its own timers and those of packages in one order, so none is relied on.
  await new Promise<void>((resolve) => {
    setTimeout(() => resolve(void seen.push(getContext().runId)), 1);
  });
  await sleep(5);
  seen.push(getContext().runId);
  return seen;
});

export const contexts = workflow("contexts", async (gate: string) => {
  const seen: string[] = [];
  const branch = async (): Promise<void> => {
    seen.push(getContext().runId);
    seen.push(...(await whose()));
    seen.push(getContext().runId);
  };
  await Promise.all([branch(), branch(), branch()]);
  await step("meet", () => pass(gate))();
  await branch();
  return seen;
});

const refuse = step("refuse", async () => Promise.reject(new Error("refused")), { retries: 0 });
const wait = step("wait", pass);

/** `early` is rejected while nobody awaits it yet. */
export const unheard = workflow("unheard", async (gate: string) => {
  const helper = async (): Promise<void> => {
    await refuse();
  };
  const early = helper();
  await wait(gate);
  return await early.then(
    () => "kept",
    (error: Error) => error.name,
  );
});

/** Between its sleep and its step, code awaits nothing but the language's own promises, many of them. */
export const settling = workflow("settling", async () => {
  const order: string[] = [];
  const lane = async (name: string, awaits: number): Promise<void> => {
    await sleep("10ms");
    for (let count = 0; count < awaits; count += 1) await null;
    order.push(name);
    await keep(name);
  };
  await Promise.all([lane("long", 1000), lane("short", 10)]);
  return order;
});

/** What is drawn before the gate is drawn anew by every replay after it. */
export const drawing = workflow("drawing", async (gate: string) => {
  const { now, random, uuid } = getContext();
  const drawn = [now(), random(), uuid(), random()];
  const first = await keep(drawn);
  await wait(gate);
  return { drawn, first };
});
