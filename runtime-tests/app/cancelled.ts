/** Workflows that are cancelled in each state. */
import { getContext, isCancellation, shield, sleep, step, workflow } from "detent";
import { pass } from "./gates.ts";

const release = step("release", async (item: string) => `${item} released`);
const refund = step("refund", async (item: string) => `${item} refunded`);

/** Cleans up with steps, a sleep and a retry of its own. */
async function cleanUp(item: string): Promise<void> {
  await shield(async () => {
    await release(item);
    await sleep("50ms");
    await refund(item);
  });
}

async function cleaningUp<T>(item: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) await cleanUp(item);
    throw error;
  }
}

export const asleep = workflow("asleep", async (item: string) =>
  cleaningUp(item, async () => {
    await sleep("1h");
  }),
);

const work = step("work", async (gate: string) => {
  await pass(gate);
  return "worked";
});
const next = step("next", async () => "never");

export const midStep = workflow("mid-step", async (gate: string) =>
  cleaningUp("order", async () => {
    await work(gate);
    return await next();
  }),
);

/** Ends by itself after a minute, which no test waits for. */
const check = step("check", async () => {
  const { checkCancellation } = getContext();
  for (let round = 0; round < 3000; round += 1) {
    await sleep(20);
    await checkCancellation();
  }
});

export const checking = workflow("checking", async () => cleaningUp("order", check));

const listen = step("listen", async () => {
  const { signal } = getContext();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  throw signal.reason;
});

export const listening = workflow("listening", async () => cleaningUp("order", listen));
