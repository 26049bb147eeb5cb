/** A deployment that changes how a step is tried, while runs of the old one are under way. */
import { expect, test } from "vitest";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import type { StepOptions } from "../../src/core/retry.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld, type HandHeld } from "./hand-held.ts";
import { storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

const MINUTE = 60_000;

interface Shop {
  parallel: boolean;
  /** How many attempts fail. */
  fails: number;
  /** Whether the first attempt never ends. */
  hangs?: boolean;
}

describeOnEachStore("a deployment that", (world) => {
  /** The same workflow as one deployment has it, and the next. */
  function deployments({ parallel, fails, hangs }: Shop, before: StepOptions, after: StepOptions) {
    let attempts = 0;
    const deploy = (policy: StepOptions) => {
      const charge = step(
        "charge",
        async () => {
          attempts += 1;
          if (attempts === 1 && hangs) await new Promise(() => {});
          if (attempts <= fails) throw new Error(`busy ${attempts}`);
          return `by attempt ${attempts}`;
        },
        policy,
      );
      const order = workflow("order", async () => {
        const beside = parallel ? step("beside", async () => {})() : undefined;
        const result = await charge().catch(({ attempts: made, cause }) => [made, String(cause)]);
        await beside;
        await sleep("1m");
        return result;
      });
      return createHandHeld([order], { store: world.store });
    };
    return { first: deploy(before), second: deploy(after), attempts: () => attempts };
  }
  type Deployments = ReturnType<typeof deployments>;

  /** Until the step's first attempt has failed, or hangs. */
  async function begin({ first, attempts }: Deployments, { hangs }: Shop): Promise<string> {
    const { runId } = await first.engine.start("order");
    const delivered = first.deliverAll();
    if (!hangs) await delivered;
    await expect.poll(attempts).toBe(1);
    return runId;
  }

  /** Lets time pass, in which sweeps come, and this deployment gets every message. */
  async function goOn(held: HandHeld, from: HandHeld, minutes = 20): Promise<void> {
    held.clock.now = from.clock.now;
    for (let minute = 0; minute < minutes; minute += 1) {
      held.clock.now += MINUTE;
      await held.engine.sweep();
      await held.deliverAll();
    }
  }

  const backoff = { initial: "5m", factor: 1, jitter: false };

  test.each([false, true])(
    "lowers the retries keeps the attempt that was promised, and no more (as a task: %s)",
    async (parallel) => {
      for (const fails of [1, 2]) {
        const shop = { parallel, fails };
        const deployed = deployments(shop, { retries: 3, backoff }, { retries: 0, backoff });
        const { first, second, attempts } = deployed;
        const runId = await begin(deployed, shop);
        await goOn(second, first);
        expect(attempts()).toBe(2);
        expect(await second.engine.getRun(runId)).toMatchObject({
          status: "completed",
          output: fails === 1 ? "by attempt 2" : [2, "Error: busy 2"],
        });
        expect((await storyOf(second.engine, runId)).at(-1)).toBe("workflow.completed");
      }
    },
  );

  test("lowers the retries keeps the promised attempt of a task that only the log may claim", async () => {
    const shop = { parallel: true, fails: 1 };
    const deployed = deployments(shop, { retries: 3, backoff }, { retries: 0, backoff });
    const { first, second, attempts } = deployed;
    const runId = await begin(deployed, shop);
    // Its end stops every task, and is never written.
    const store = around(world.store, async (name, call) => {
      if (name === "log.append") throw new StoreUnavailableError(name, new Error("for this test"));
      return await call();
    });
    const halting = createHandHeld([], { store });
    await expect(halting.engine.terminate(runId)).rejects.toThrow(StoreUnavailableError);
    await goOn(second, first);
    expect(attempts()).toBe(2);
    expect(await second.engine.getRun(runId)).toMatchObject({ output: "by attempt 2" });
  });

  test.each([false, true])(
    "lowers the retries ends a step whose attempt was lost (as a task: %s)",
    async (parallel) => {
      const shop = { parallel, fails: 0, hangs: true };
      const deployed = deployments(shop, { retries: 3 }, { retries: 0 });
      const { first, second, attempts } = deployed;
      const runId = await begin(deployed, shop);
      await goOn(second, first);
      expect(attempts()).toBe(1);
      const { output } = await second.engine.getRun(runId);
      expect(output).toEqual([1, expect.stringContaining("StepLostError")]);
    },
  );

  test.each<[string, StepOptions, StepOptions, unknown]>([
    ["raises the retries", { retries: 0, backoff }, { retries: 1, backoff }, [1, "Error: busy 1"]],
    ["gives a step a timeout", { backoff }, { backoff, timeout: "1s" }, "by attempt 2"],
    ["takes its timeout away", { backoff, timeout: "1h" }, { backoff }, "by attempt 2"],
    ["has steps follow at once", { backoff }, { backoff, inline: true }, "by attempt 2"],
    ["shortens the pauses", { backoff }, { backoff: { initial: 0 } }, "by attempt 2"],
  ])("%s goes on with the runs it finds", async (_, before, after, output) => {
    for (const parallel of [false, true]) {
      const shop = { parallel, fails: 1 };
      const deployed = deployments(shop, before, after);
      const { first, second } = deployed;
      const runId = await begin(deployed, shop);
      await goOn(second, first);
      expect(await second.engine.getRun(runId)).toMatchObject({ status: "completed", output });
    }
  });
});
