/** Clocks of different machines disagree: what one takes for over, another may still hold. */
import { expect, test } from "vitest";
import { getContext, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";
import { around } from "./watched-store.ts";

/** Both of the engine's defaults. */
const LEASE = 15_000;
const MARGIN = 2_000;

async function aMoment(): Promise<void> {
  for (let round = 0; round < 30; round++) await new Promise((resolve) => setTimeout(resolve, 1));
}

describeOnEachStore("a lease that has ended by one clock", (world) => {
  /** Two steps at once; the first attempts never come back, and their leases are not renewed. */
  async function open() {
    const began: string[] = [];
    const act = (name: string) =>
      step(
        name,
        async () => {
          const { attempt } = getContext();
          began.push(`${name}#${attempt}`);
          if (attempt === 1) await new Promise(() => {});
        },
        { backoff: { initial: 0 } },
      );
    const code = workflow("order", async () => {
      await Promise.all([act("first")(), act("second")()]);
    });
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    await held.engine.turn({ runId });
    for (const task of [0, 1]) void held.engine.turn({ runId, task });
    await aMoment();
    held.takeSent();
    const typesOf = async () =>
      (await held.another().getEvents(runId)).events.map(({ type }) => type);
    return { held, runId, began, typesOf };
  }

  test("is not taken over before it has by every clock", async () => {
    const { held, runId, began } = await open();
    held.clock.now += LEASE + MARGIN - 1;
    await held.another().turn({ runId, task: 0 });
    expect([...began].sort()).toEqual(["first#1", "second#1"]);
    expect(held.takeSent()).toMatchObject([
      { continuation: { runId, task: 0, claim: expect.any(String) }, delayMs: 2 },
    ]);
    held.clock.now += 2;
    await held.another().turn({ runId, task: 0 });
    expect([...began].sort()).toEqual(["first#1", "first#2", "second#1"]);
  });

  test("keeps a cancellation from being delivered until it has by every clock", async () => {
    const { held, runId, typesOf } = await open();
    await held.another().cancel(runId);
    held.clock.now += LEASE + MARGIN - 1;
    await held.another().turn({ runId });
    expect(await typesOf()).not.toContain("cancellation.delivered");
    held.clock.now += 2;
    await held.another().turn({ runId });
    expect(await typesOf()).toContain("cancellation.delivered");
  });

  test("says nothing of what executes in this very process, however long ago it was", async () => {
    const { held, runId, typesOf } = await open();
    await held.engine.cancel(runId);
    held.clock.now += 3_600_000;
    await held.engine.turn({ runId });
    expect(await typesOf()).not.toContain("cancellation.delivered");
  });
});

describeOnEachStore("a claim whose answer comes late", (world) => {
  /** @param meanwhile happens between the claim and its answer. */
  async function claimedLate(meanwhile: (runId: string) => Promise<void>) {
    const began: number[] = [];
    const act = step("act", async () => void began.push(getContext().attempt ?? 0), {
      backoff: { initial: 0 },
    });
    const code = workflow("order", async () => void (await act()));
    const held = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    let isFirst = true;
    const slow = around(world.store, async (name, call) => {
      const answer = await call();
      if (name !== "log.append" || !isFirst) return answer;
      isFirst = false;
      held.clock.now += LEASE + MARGIN + 1;
      late.clock.now = held.clock.now;
      await meanwhile(runId);
      return answer;
    });
    const late = createHandHeld([code], { store: slow });
    await late.engine.turn({ runId });
    return { began, held, runId };
  }

  test("renews nothing that another has claimed meanwhile, and does not begin", async () => {
    let others: ReturnType<typeof createHandHeld> | undefined;
    const { began, held, runId } = await claimedLate(async (id) => {
      const code = workflow("order", async () => void (await other()));
      const other = step("act", () => new Promise<void>(() => {}), { backoff: { initial: 0 } });
      others = createHandHeld([code], { store: world.store });
      others.clock.now = Date.parse("2030-01-01T00:00:00Z") + LEASE + MARGIN + 1;
      void others.engine.turn({ runId: id });
      await aMoment();
    });
    expect(others).toBeDefined();
    expect(began).toEqual([]);
    const { events } = await held.engine.getEvents(runId);
    expect(events.map(({ type }) => type)).toEqual([
      "workflow.started",
      "step.started",
      "step.started",
    ]);
  });

  test("writes nothing into a log that has ended meanwhile, and does not begin", async () => {
    const { began, held, runId } = await claimedLate(async (id) => {
      await createHandHeld([], { store: world.store }).engine.terminate(id);
    });
    expect(began).toEqual([]);
    const { events } = await held.engine.getEvents(runId);
    expect(events.at(-1)?.type).toBe("workflow.terminated");
  });
});
