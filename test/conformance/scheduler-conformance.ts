/** What every scheduler must do: one test or more for each clause of the port, named by its number. */
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unique } from "../../src/conformance/samples.ts";
import type { Continuation, Scheduler } from "../../src/ports/scheduler.ts";

/** A scheduler, and whoever gets its messages. */
export interface SchedulerRig {
  scheduler: Scheduler;
  /** Delivers from now on; a delivery that throws has ended with an error. */
  deliverTo(turn: (continuation: Continuation) => Promise<void>): void;
  /** From now on whatever is sent is refused for good; only of what can give messages up. */
  refuse?(): void;
  stop(): Promise<void>;
}

interface Delivery {
  continuation: Continuation;
  at: number;
}

/** A timer may fire within the millisecond before it is due. */
const TIMER_MS = 5;

export function describeScheduler(name: string, open: () => Promise<SchedulerRig>): void {
  describe(`the ${name} scheduler`, () => {
    let rig: SchedulerRig;
    let deliveries: Delivery[];

    beforeEach(async () => {
      rig = await open();
      deliveries = [];
    });
    afterEach(() => rig.stop());

    /** Delivers to a turn, and keeps account. */
    function deliver(turn: (continuation: Continuation) => unknown = () => {}): void {
      rig.deliverTo(async (continuation) => {
        deliveries.push({ continuation, at: Date.now() });
        await turn(continuation);
      });
    }

    async function delivered(runId: string, times = 1): Promise<Delivery[]> {
      for (;;) {
        const found = deliveries.filter(({ continuation }) => continuation.runId === runId);
        if (found.length >= times) return found;
        await pause(5);
      }
    }

    const message = (delayMs?: number) => ({
      continuation: { runId: unique("run") },
      ...(delayMs !== undefined && { delayMs }),
    });

    it("C1. what send has resolved for is kept, and handed in once somebody takes it", async () => {
      const messages = Array.from({ length: 25 }, () => message());
      await rig.scheduler.send(messages);
      deliver();
      for (const { continuation } of messages) await delivered(continuation.runId);
    });

    it("C1. takes nothing, and many at once from many senders", async () => {
      const batches = Array.from({ length: 8 }, () => Array.from({ length: 15 }, () => message()));
      deliver();
      await rig.scheduler.send([]);
      await Promise.all(batches.map((batch) => rig.scheduler.send(batch)));
      for (const { continuation } of batches.flat()) await delivered(continuation.runId);
    });

    it("C2. hands in each continuation whole, whatever its run is called", async () => {
      const runId = `${unique("run")} ä € 😀 "\\\ufffe\u2028</script>`;
      const continuations = [{ runId }, { runId, task: 0 }, { runId, task: 7, claim: "claim-1" }];
      deliver();
      await rig.scheduler.send(continuations.map((continuation) => ({ continuation })));
      const found = (await delivered(runId, 3)).map(({ continuation }) => continuation);
      for (const continuation of continuations) expect(found).toContainEqual(continuation);
    });

    it("C2. keeps what was sent, whatever becomes of the sender's object", async () => {
      const sent = message();
      const { runId } = sent.continuation;
      const sending = rig.scheduler.send([sent]);
      sent.continuation.runId = "changed";
      await sending;
      deliver();
      await delivered(runId);
    });

    it("C2. hands in nothing before its delay", async () => {
      const [soon, later, now] = [message(300), message(1_200), message(0)];
      deliver();
      const sentAt = Date.now();
      await rig.scheduler.send([soon, later, now]);
      await delivered(now.continuation.runId);
      for (const { continuation, delayMs = 0 } of [soon, later]) {
        const [first] = await delivered(continuation.runId);
        expect(first?.at).toBeGreaterThanOrEqual(sentAt + delayMs - TIMER_MS);
      }
    });

    it("C3. hands in again what ended with an error, until it ends without one", async () => {
      const { continuation } = message();
      let failures = 0;
      deliver(() => {
        if (failures >= 2) return;
        failures += 1;
        throw new Error("not now");
      });
      await rig.scheduler.send([{ continuation }]);
      const [first, second, third] = await delivered(continuation.runId, 3);
      expect(second?.at).toBeGreaterThan(first?.at ?? 0);
      expect(third?.at).toBeGreaterThan(second?.at ?? 0);
    });

    it("C3. an error of one message keeps no other from coming", async () => {
      const [bad, good] = [message(), message()];
      deliver(({ runId }) => {
        if (runId === bad.continuation.runId) throw new Error("never");
      });
      await rig.scheduler.send([bad, good]);
      await delivered(good.continuation.runId);
      await delivered(bad.continuation.runId, 2);
    });

    it("C5. tells of what it gives up, if it gives anything up", async () => {
      const told: [string, Error][] = [];
      rig.scheduler.onGivenUp?.(async (runId, why) => void told.push([runId, why]));
      expect(rig.refuse === undefined).toBe(rig.scheduler.onGivenUp === undefined);
      if (!rig.refuse) return;
      rig.refuse();
      const { continuation } = message();
      await rig.scheduler.send([{ continuation }]).catch(() => {});
      while (told.length === 0) await pause(5);
      expect(told).toEqual([[continuation.runId, expect.any(Error)]]);
    });

    it("C4. takes its longest delay, and hands in nothing meanwhile", async () => {
      const { maxDelayMs } = rig.scheduler;
      expect(maxDelayMs).toBeGreaterThan(0);
      const [longest, now] = [message(maxDelayMs), message()];
      deliver();
      await rig.scheduler.send([longest, now]);
      await delivered(now.continuation.runId);
      const early = deliveries.filter(
        ({ continuation }) => continuation.runId === longest.continuation.runId,
      );
      expect(early).toEqual([]);
    });
  });
}
