/** Who loses the race for the tail knows what was written from the answer, and reads on from there. */
import { expect, test as vitest } from "vitest";
import type { Store } from "../../src/engine/index.ts";
import { sleep, step, workflow } from "../../src/index.ts";
import type { LogRange } from "../../src/ports/store.ts";
import { describeOnEachStore, replay } from "./each-store.ts";
import { createHandHeld } from "./hand-held.ts";
import { storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

/** The calls that read of a run, each with where a log was read from. */
function reads(store: Store): { store: Store; taken(): string[] } {
  let made: string[] = [];
  return {
    store: around(store, (name, call, args) => {
      if (name === "log.read") made.push(`read from ${(args[1] as LogRange).from}`);
      if (name === "runs.get") made.push("head");
      return call();
    }),
    taken() {
      const taken = made;
      made = [];
      return taken;
    },
  };
}

// Only live executions are kept at all.
const test = vitest.skipIf(replay !== undefined && replay !== "live");

describeOnEachStore("a lost race for the tail", (world) => {
  /** A run of some steps, and how often its code was begun. */
  function order(result = "") {
    const begun = { times: 0 };
    const code = workflow("order", async () => {
      begun.times += 1;
      const work = step("work", async () => result, { inline: true });
      for (let n = 0; n < 6; n++) await work();
      await sleep("1m");
      await work();
      await sleep("1m");
      return "done";
    });
    return { code, begun };
  }

  /** Two processes that know the run up to its first sleep, which is over. */
  async function begin({ code, begun }: ReturnType<typeof order>) {
    const watched = reads(world.store);
    const held = createHandHeld([code], { store: watched.store });
    const other = createHandHeld([code], { store: world.store });
    const { runId } = await held.engine.start("order");
    world.watch(runId, [code]);
    await held.engine.turn({ runId });
    await other.engine.turn({ runId });
    held.clock.now += 60_000;
    other.clock.now = held.clock.now;
    const head = await world.store.runs.get(runId, held.clock.now);
    const tail = head ? (await world.store.log.read(head, { from: 0 })).length : 0;
    watched.taken();
    begun.times = 0;
    return { held, other, runId, watched, tail };
  }

  test("costs one read, of what is new, though the code has seen what was not appended", async () => {
    const { begun, ...shop } = order();
    const { held, other, runId, watched, tail } = await begin({ ...shop, begun });
    await other.engine.turn({ runId });
    begun.times = 0;
    await held.engine.turn({ runId });
    // The conflict told what stands at the tail.
    const read = watched.taken().filter((call) => call !== "head");
    expect(read).toEqual([`read from ${tail + 1}`]);
    expect(begun.times).toBe(1);
    held.clock.now += 60_000;
    await held.engine.turn({ runId });
    expect(await held.engine.result(runId)).toBe("done");
    expect(
      (await storyOf(held.engine, runId)).filter((line) => /completed work/.test(line)),
    ).toHaveLength(7);
  });

  test("keeps what the code has seen if that is all in the log", async () => {
    const { begun, ...shop } = order();
    const { held, other, runId, watched, tail } = await begin({ ...shop, begun });
    await other.engine.turn({ runId });
    begun.times = 0;
    await held.engine.cancel(runId);
    // A request changes the head, which must be known for that.
    expect(watched.taken()).toEqual([`read from ${tail + 1}`, "head"]);
    await held.engine.turn({ runId });
    expect(begun.times).toBe(0);
    expect((await held.engine.getRun(runId)).status).toBe("cancelled");
  });

  test("to a request has the head read as well", async () => {
    const { held, other, runId, watched, tail } = await begin(order());
    await other.engine.cancel(runId);
    await held.engine.turn({ runId });
    expect(watched.taken().slice(0, 2)).toEqual([`read from ${tail + 1}`, "head"]);
    expect(await held.engine.getRun(runId)).toMatchObject({ status: "cancelled" });
  });

  test("shows of the head what it should say by now", async () => {
    const shop = order();
    const { held, other, runId } = await begin(shop);
    const status = async () => (await held.engine.getRun(runId)).status;
    // The first goes on from what it remembers as running; the other has had it rest meanwhile.
    await other.engine.turn({ runId });
    await held.engine.turn({ runId });
    expect(await status()).toBe("suspended");
    expect((await held.engine.getRun(runId)).startedAt).toEqual(new Date("2030-01-01T00:00:00Z"));
  });

  test("has a large log read again if nobody was at it", async () => {
    const { begun, ...shop } = order("x".repeat(20_000));
    const { held, other, runId, watched } = await begin({ ...shop, begun });
    await other.engine.turn({ runId });
    await held.engine.turn({ runId });
    expect(watched.taken()).toContain("read from 1");
    held.clock.now += 60_000;
    await held.engine.turn({ runId });
    expect(await held.engine.result(runId)).toBe("done");
  });
});
