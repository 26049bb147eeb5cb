/** Workflows with steps that do their functions harm. */
import { getContext, StepFailedError, step, workflow } from "../../../src/index.ts";

const RETRY_AT_ONCE = { backoff: { initial: 1, factor: 1, jitter: false } } as const;

function attempt(): number {
  return getContext().attempt ?? 0;
}

/** Others may take its function with them, once for each of their attempts. */
const PATIENT = { retries: 20 } as const;

const greet = step("greet", async (name: string) => `Hello ${name}`, PATIENT);
export const greeting = workflow("greeting", async (name: string) => await greet(name));

/** Its first attempt never ends. */
const hang = step(
  "hang",
  async () => {
    if (attempt() === 1) await new Promise(() => {});
    return attempt();
  },
  PATIENT,
);
export const hanging = workflow("hanging", async () => await hang());

/** Its first attempt lets nothing else run in its process. */
const spin = step(
  "spin",
  async () => {
    while (attempt() === 1);
    return attempt();
  },
  PATIENT,
);
export const spinning = workflow("spinning", async () => await spin());

/** Every attempt ends its process. */
const crash = step("crash", async () => process.exit(1), { retries: 1, ...RETRY_AT_ONCE });
export const crashing = workflow("crashing", async () => {
  try {
    return await crash();
  } catch (error) {
    if (!(error instanceof StepFailedError)) throw error;
    return { attempts: error.attempts, cause: Object(error.cause)["code"] };
  }
});

/** Its code lets nothing else run in its process: in microtasks, or in none. */
export const looping = workflow("looping", async (how: "awaiting" | "spinning") => {
  if (how === "spinning") while (true);
  for (;;) await null;
});

export const failing = workflow("failing", async () => {
  throw new Error("It fails.");
});

/** So does one of several at once; the others are to be done all the same. */
export const crashingBeside = workflow("crashing-beside", async () => {
  const work = Promise.all([greet("a"), greet("b"), greet("c")]);
  const [crashed, greetings] = await Promise.allSettled([crash(), work]);
  return { crashed: crashed.status, greetings: greetings.status };
});

export const greetingTwice = workflow("greeting-twice", async (name: string) => [
  await greet(name),
  await greet(name),
]);
