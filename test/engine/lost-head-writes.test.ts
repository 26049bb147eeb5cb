/** The one write that tells a run's head of its delivery is lost: a later turn makes up for it. */
import { expect, test } from "vitest";
import { StoreUnavailableError } from "../../src/core/errors.ts";
import { isCancellation, shield, sleep, step, workflow } from "../../src/index.ts";
import type { HeadPatch } from "../../src/ports/store.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

describeOnEachStore("a head that never heard of the delivery", (world) => {
  const clean = step("clean", async () => {});
  function order(naps: boolean) {
    return workflow("order", async () => {
      try {
        await sleep("1h");
      } catch (error) {
        if (isCancellation(error)) {
          await shield(async () => {
            for (let n = 0; n < 3; n++) await (naps ? sleep("1m") : clean());
          });
        }
        throw error;
      }
    });
  }

  /** @param lose how often the write that tells of the delivery is refused, or whether its writer dies. */
  async function cancelled(naps: boolean, lose: number | "with its writer") {
    const code = order(naps);
    let lost = 0;
    const forgetful = around(world.store, async (name, call, args) => {
      const tells =
        name === "runs.patch" && (args[1] as HeadPatch).change.cancellation?.deliveredAt;
      if (!tells || lost === lose) return await call();
      lost += 1;
      if (lose === "with its writer") return await new Promise(() => {});
      throw new StoreUnavailableError(name, new Error("for this test"));
    });
    const first = createHandHeld([code], { store: forgetful });
    const { engine } = createHandHeld([code], { store: world.store });
    const { runId } = await first.engine.start("order");
    world.watch(runId, [code]);
    await first.engine.turn({ runId });
    await first.engine.cancel(runId);
    const turn = first.engine.turn({ runId }).catch((error: unknown) => error);
    await expect.poll(() => lost).toBeGreaterThan(0);
    const record = async () => (await engine.getRun(runId)).cancellation;
    const isCancelling = async () => (await engine.getRun(runId)).status === "cancelling";
    return { first: first.engine, other: engine, runId, turn, record, isCancelling };
  }

  /** What every repetition of one write meets, and no later one. */
  const ONE_WRITE = 4;
  const told = { deliveredAt: expect.any(Date), checkpoint: "sleep", deadline: expect.any(Date) };

  test("hears of it when the step is over that the turn went on with", async () => {
    const { turn, record, isCancelling } = await cancelled(false, ONE_WRITE);
    await turn;
    expect(await isCancelling()).toBe(true);
    expect(await record()).toMatchObject(told);
  });

  test("hears of it when the message comes back", async () => {
    const { first, runId, turn, record, isCancelling } = await cancelled(true, ONE_WRITE);
    expect(await turn).toBeInstanceOf(StoreUnavailableError);
    expect(await record()).not.toHaveProperty("deliveredAt");
    await first.turn({ runId });
    expect(await isCancelling()).toBe(true);
    expect(await record()).toMatchObject(told);
  });

  test.each([false, true])("hears of it from another process (asleep: %s)", async (naps) => {
    const { other, runId, record, isCancelling } = await cancelled(naps, "with its writer");
    expect(await record()).not.toHaveProperty("deliveredAt");
    await other.turn({ runId });
    expect(await isCancelling()).toBe(true);
    expect(await record()).toMatchObject(told);
  });

  test("has it in the end at the latest", async () => {
    const { first, runId, turn, record } = await cancelled(false, Number.POSITIVE_INFINITY);
    await turn;
    for (let n = 0; n < 5; n++) await first.turn({ runId }).catch(() => {});
    expect((await first.getRun(runId)).status).toBe("cancelled");
    expect(await record()).toMatchObject({ ...told, cleanup: { steps: 3, finished: true } });
  });
});
