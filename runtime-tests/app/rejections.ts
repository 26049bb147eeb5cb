/** Rejects promises that nobody awaits yet, of a workflow and of steps, and says how the runs ended. */
import { getContext, sleep, step, workflow } from "detent";
import { createEngine } from "detent/engine";
import { createLocalScheduler } from "detent/local";
import { createMemoryStore } from "detent/memory";

const asleep = async (): Promise<void> => await sleep("1h");

const order = workflow("order", async () => {
  const early = asleep();
  const both = Promise.all([early, sleep("1h")]);
  const wrapped = asleep().catch((cause) => {
    throw new Error("wrapped", { cause });
  });
  await sleep("10s");
  await Promise.all([early, both, wrapped]);
});

/** Rejected in one step, and heard only by a later replay. */
const refuse = step("refuse", async () => Promise.reject(new Error("refused")), { retries: 0 });
const unheard = workflow("unheard", async () => {
  const early = (async () => await refuse())();
  await sleep("200ms");
  await early;
});

const late = step(
  "late",
  async () => {
    const { signal } = getContext();
    const listening = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await listening;
  },
  { timeout: "100ms", retries: 0 },
);
const slow = workflow("slow", async () => await late());

const scheduler = createLocalScheduler();
const store = createMemoryStore();
const engine = createEngine({ workflows: [order, unheard, slow], store, scheduler });
scheduler.start(engine);
const runs = [await engine.start(order), await engine.start(unheard), await engine.start(slow)];
const ends = runs.map((run) => run.result().catch((error: Error) => error.name));
await new Promise((resolve) => setTimeout(resolve, 100));
await runs[0]?.cancel();
for (const end of ends) console.log(await end);
await scheduler.stop();

if (process.env["THEIRS"] === "yes") {
  void Promise.reject(new Error("This rejection is not the engine's"));
  setTimeout(() => console.log("still alive"), 100);
}
