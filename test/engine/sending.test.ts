/** What senders are answered, and what becomes of their messages whatever is lost. */
import { expect, test } from "vitest";
import * as z from "zod";
import { createEngine as createPlainEngine } from "../../src/engine/index.ts";
import {
  ChannelFullError,
  ChannelNotFoundError,
  channel,
  getContext,
  InvalidInputError,
  PayloadTooLargeError,
  RunEndedError,
  RunNotFoundError,
  sleep,
  step,
  WorkflowNotFoundError,
  workflow,
} from "../../src/index.ts";
import { createCluster } from "./cluster.ts";
import { collectLogs } from "./collected-logs.ts";
import { describeOnEachStore, silent } from "./each-store.ts";
import { eventsOf } from "./story.ts";
import { countCalls, losingAnswers } from "./watched-store.ts";

const orders = channel("orders", z.object({ n: z.number() }));

/** Takes messages until it is told to stop. */
const shop = workflow(
  "shop",
  async () => {
    const taken: number[] = [];
    for await (const { n } of orders) {
      if (n < 0) return taken;
      taken.push(n);
    }
    return taken;
  },
  { channels: [orders] },
);

/** Takes nothing for an hour, and then what is there. */
const sleeper = workflow(
  "sleeper",
  async () => {
    await sleep("1h");
    const taken: number[] = [];
    for (;;) {
      const { n } = await orders.receive();
      if (n < 0) return taken;
      taken.push(n);
    }
  },
  { channels: [orders] },
);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describeOnEachStore("a message", (world) => {
  const { createEngine } = world;

  test("that does not fit is refused to its sender, with the issues, and nothing is written", async () => {
    const engine = createEngine({ workflows: [shop] });
    const { runId } = await engine.start(shop);
    await engine.settle();
    const refused = engine.send(runId, "orders", { n: "many" });
    await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ issues: [{ path: ["n"] }] });
    let deep: unknown = 1;
    for (let level = 0; level < 200; level += 1) deep = [deep];
    await expect(engine.send(runId, "orders", deep)).rejects.toMatchObject({
      code: "value.notSerializable",
    });
    for (const bad of [{ messageId: "" }, { sentBy: "x".repeat(1001) }]) {
      await expect(engine.send(runId, orders, { n: 1 }, bad)).rejects.toBeInstanceOf(
        InvalidInputError,
      );
    }
    for (const name of ["", undefined, 7]) {
      await expect(engine.send(runId, name as string, 1)).rejects.toBeInstanceOf(InvalidInputError);
    }
    expect((await engine.getEvents(runId)).events).toHaveLength(2);
  });

  test("that is too large is refused", async () => {
    const any = channel("any");
    const code = workflow("code", async () => await any.receive(), { channels: [any] });
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await expect(engine.send(runId, any, "x".repeat(400_000))).rejects.toBeInstanceOf(
      PayloadTooLargeError,
    );
    const large = "x".repeat(300_000);
    const sent = await Promise.all(["1", "2"].map((id) => engine.send(runId, any, large + id)));
    expect(sent).toHaveLength(2);
    expect(await engine.result(runId)).toBe(`${large}1`);
  });

  test("to an unknown run, channel or workflow is refused, and says which", async () => {
    const engine = createEngine({ workflows: [shop] });
    const elsewhere = createEngine({ workflows: [] });
    for (const runId of ["run_none", "", "x".repeat(300)]) {
      await expect(engine.send(runId, orders, { n: 1 })).rejects.toBeInstanceOf(RunNotFoundError);
    }
    const { runId } = await engine.start(shop);
    const refused = engine.send(runId, "refunds", { n: 1 });
    await expect(refused).rejects.toBeInstanceOf(ChannelNotFoundError);
    await expect(refused).rejects.toMatchObject({ workflow: "shop", channel: "refunds" });
    await expect(refused).rejects.toThrow('it names "orders"');
    await expect(elsewhere.send(runId, orders, { n: 1 })).rejects.toBeInstanceOf(
      WorkflowNotFoundError,
    );
  });

  test("to a run that has ended is refused, and says how it ended", async () => {
    const engine = createEngine({ workflows: [shop] });
    const fresh = createEngine({ workflows: [shop] });
    const stale = createEngine({ workflows: [shop] });
    const { runId } = await engine.start(shop);
    await engine.settle();
    await stale.send(runId, orders, { n: 1 });
    await engine.settle();
    await engine.terminate(runId, { reason: "closed for good" });
    for (const each of [engine, fresh, stale]) {
      const refused = each.send(runId, orders, { n: 1 });
      await expect(refused).rejects.toBeInstanceOf(RunEndedError);
      await expect(refused).rejects.toMatchObject({
        status: "terminated",
        reason: "closed for good",
      });
    }
  });

  test("that comes again by the same id changes nothing: waiting, received, and after the end", async () => {
    const engine = createEngine({ workflows: [sleeper] });
    const other = createEngine({ workflows: [sleeper] });
    const { runId } = await engine.start(sleeper);
    await engine.settle();
    const once = { messageId: "order 1" };
    expect(await engine.send(runId, orders, { n: 1 }, once)).toEqual({ runId, duplicate: false });
    for (const each of [engine, other]) {
      expect(await each.send(runId, orders, { n: 7 }, once)).toEqual({ runId, duplicate: true });
    }
    await engine.clock.advance("1h");
    expect(await other.send(runId, orders, { n: 1 }, once)).toEqual({ runId, duplicate: true });
    await engine.send(runId, orders, { n: 2 });
    await engine.send(runId, orders, { n: -1 });
    expect(await engine.result(runId)).toEqual([1, 2]);
    const fresh = createEngine({ workflows: [sleeper] });
    for (const each of [engine, other, fresh]) {
      expect(await each.send(runId, orders, { n: 1 }, once)).toEqual({ runId, duplicate: true });
      await expect(
        each.send(runId, orders, { n: 1 }, { messageId: "order 2" }),
      ).rejects.toBeInstanceOf(RunEndedError);
    }
    expect(await eventsOf(engine, runId, "message.received")).toHaveLength(3);
  });

  test("comes once with one id, however many senders have it at a time", async () => {
    const engines = [1, 2, 3].map(() => createEngine({ workflows: [shop] }));
    const [engine] = engines;
    if (!engine) throw new Error("no engine");
    const { runId } = await engine.start(shop);
    await engine.settle();
    const answers = await Promise.all(
      upTo(12).map((n) =>
        engines[n % 3]?.send(runId, orders, { n: 1 }, { messageId: `id ${n % 2}` }),
      ),
    );
    expect(answers.filter((each) => each?.duplicate === false)).toHaveLength(2);
    await engine.send(runId, orders, { n: -1 });
    expect(await engine.result(runId)).toEqual([1, 1]);
  });

  test("is sent once where every answer of the store is lost", async () => {
    const engine = createEngine({ workflows: [shop] });
    const { runId } = await engine.start(shop);
    await engine.settle();
    const forgetful = createPlainEngine({
      workflows: [shop],
      store: losingAnswers(world.store),
      scheduler: { send: async () => {} },
      // It pauses before it asks again, by a clock that goes on by itself, and not for long.
      random: () => 0,
      logger: silent,
    });
    for (const n of [1, 2, 3]) {
      const sent = await forgetful.send(runId, orders, { n }, { messageId: `${n}` });
      expect(sent).toEqual({ runId, duplicate: false });
    }
    await engine.send(runId, orders, { n: -1 });
    expect(await engine.result(runId)).toEqual([1, 2, 3]);
  });

  test("brings its run forward though the message of that is lost with its sender", async () => {
    const engine = createEngine({ workflows: [shop] });
    const { runId } = await engine.start(shop);
    await engine.settle();
    const sender = createPlainEngine({
      workflows: [shop],
      store: world.store,
      scheduler: { send: () => Promise.reject(new Error("the queue is down")) },
      clock: engine.clock,
      logger: silent,
    });
    await sender.send(runId, orders, { n: -1 });
    expect((await engine.getRun(runId)).status).toBe("suspended");
    await engine.clock.advance("5m");
    expect((await engine.getRun(runId)).status).toBe("completed");
  });

  test("wakes its run if that waits for it, also when it comes again, and else does not", async () => {
    const engine = createEngine({ workflows: [shop, sleeper] });
    const sent: string[] = [];
    const sender = createPlainEngine({
      workflows: [shop, sleeper],
      store: world.store,
      scheduler: {
        async send(messages) {
          for (const { continuation } of messages) sent.push(continuation.runId);
        },
      },
      clock: engine.clock,
      logger: silent,
    });
    const [waits, sleeps] = [await engine.start(shop), await engine.start(sleeper)];
    await engine.settle();
    const before = await engine.store.runs.get(sleeps.runId, engine.clock.now());
    for (const messageId of ["1", "2", "1"]) {
      await sender.send(sleeps.runId, orders, { n: 1 }, { messageId });
    }
    expect(sent).toEqual([]);
    expect(await engine.store.runs.get(sleeps.runId, engine.clock.now())).toEqual(before);
    // The first is what it waits for, and the second what it finds then.
    for (const messageId of ["1", "2"]) {
      await sender.send(waits.runId, orders, { n: 1 }, { messageId });
    }
    expect(sent).toEqual([waits.runId]);
    await sender.send(waits.runId, orders, { n: 1 }, { messageId: "2" });
    expect(sent).toEqual([waits.runId]);
    await sender.send(waits.runId, orders, { n: 1 }, { messageId: "1" });
    expect(sent).toEqual([waits.runId, waits.runId]);
  });
});

describeOnEachStore("many messages", (world) => {
  const { createEngine } = world;

  test("from one sender a hundred times a second come all, in their order", async () => {
    const engine = createEngine({ workflows: [shop] });
    const { runId } = await engine.start(shop);
    const sending = upTo(100).map((n) => engine.send(runId, orders, { n }, { messageId: `${n}` }));
    await Promise.all(sending);
    await engine.send(runId, orders, { n: -1 });
    expect(await engine.result(runId)).toEqual(upTo(100));
  });

  test("that wait at one time share entries", async () => {
    const counted = countCalls(world.store);
    const engine = createEngine({ workflows: [sleeper], store: counted.store });
    const { runId } = await engine.start(sleeper);
    await engine.settle();
    counted.reset();
    await Promise.all(upTo(200).map((n) => engine.send(runId, orders, { n })));
    expect(counted.calls["log.append"]).toBeLessThanOrEqual(3);
    await engine.send(runId, orders, { n: -1 });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toEqual(upTo(200));
  });

  test("of senders in several processes come all, those of each in their order", async () => {
    const cluster = createCluster(world, { workflows: [shop], size: 3, seed: 4, duplicates: 0.3 });
    const { runId } = await cluster.start("shop");
    await cluster.settle();
    const PER_SENDER = 15;
    const sendAll = async (sender: number): Promise<void> => {
      for (const n of upTo(PER_SENDER)) {
        await cluster.engines[sender]?.send(runId, "orders", { n: sender * 100 + n });
      }
    };
    const all = Promise.all([0, 1, 2].map(sendAll));
    await cluster.settle();
    // Senders that lose a race pause by the clock.
    let sent = false;
    void all.then(() => {
      sent = true;
    });
    while (!sent) await cluster.clock.advance("1s");
    await cluster.engines[0]?.send(runId, "orders", { n: -1 });
    await cluster.settle();
    await cluster.clock.advance("5m");
    const taken = (await cluster.engines[1]?.result(runId)) as number[];
    expect([...taken].sort((a, b) => a - b)).toEqual(
      [0, 1, 2].flatMap((sender) => upTo(PER_SENDER).map((n) => sender * 100 + n)),
    );
    for (const sender of [0, 1, 2]) {
      const own = taken.filter((n) => Math.floor(n / 100) === sender);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  test("that nobody receives are kept up to a bound, which tells their senders", async () => {
    const large = channel<string>("large");
    const code = workflow(
      "code",
      async () => {
        await sleep("1h");
        const first = await large.receive();
        await sleep("1h");
        return first.length;
      },
      { channels: [large] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    const text = "x".repeat(300 * 1024);
    for (const _ of upTo(6)) await engine.send(runId, large, text);
    const refused = engine.send(runId, large, text);
    await expect(refused).rejects.toBeInstanceOf(ChannelFullError);
    await expect(refused).rejects.toMatchObject({
      runId,
      channel: "large",
      reason: "unreceived",
    });
    const other = createEngine({ workflows: [code], now: new Date(engine.clock.now()) });
    await expect(other.send(runId, large, text)).rejects.toBeInstanceOf(ChannelFullError);
    await engine.clock.advance("1h");
    // What it knew of the run is out of date, and it looks again.
    expect(await other.send(runId, large, text)).toEqual({ runId, duplicate: false });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe(text.length);
  });

  test("end no run: what is left of its log is for what it does itself", async () => {
    const code = workflow(
      "code",
      async () => {
        await sleep("1h");
        await step("work", async () => {})();
        return "done";
      },
      { channels: [orders], limits: { events: 60 } },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    const answers = await Promise.allSettled(
      upTo(80).map((n) => engine.send(runId, orders, { n }, { messageId: `${n}` })),
    );
    const taken = answers.filter(({ status }) => status === "fulfilled");
    expect(taken.length).toBeGreaterThan(45);
    expect(taken.length).toBeLessThan(54);
    expect(answers.at(-1)).toMatchObject({ reason: { code: "channel.full", reason: "log" } });
    // What came before is answered as such, however full it is.
    expect(await engine.send(runId, orders, { n: 0 }, { messageId: "0" })).toEqual({
      runId,
      duplicate: true,
    });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toBe("done");
  });
});

describeOnEachStore("what code logs as it receives", (world) => {
  const say = (what: string): void => getContext().logger.info(what);
  const told = workflow(
    "told",
    async () => {
      say("begins");
      for (let round = 0; round < 3; round += 1) say(`heard ${(await orders.receive()).n}`);
      say("ends");
    },
    { channels: [orders] },
  );

  test.each(["live", "cold"] as const)(
    "is written once, whoever sends, and whoever runs it (%s)",
    async (replay) => {
      for (const early of [false, true]) {
        const { logger, lines } = collectLogs();
        const engine = world.createEngine({ workflows: [told], logger, replay });
        const sender = world.createEngine({ workflows: [told], logger, replay });
        const other = world.createEngine({ workflows: [told], logger, replay });
        const { runId } = await engine.start(told);
        if (!early) await engine.settle();
        await sender.send(runId, orders, { n: 0 });
        await engine.turn({ runId });
        await engine.send(runId, orders, { n: 1 });
        await other.turn({ runId });
        await other.turn({ runId });
        await engine.turn({ runId });
        await sender.send(runId, orders, { n: 2 });
        await engine.turn({ runId });
        await other.turn({ runId });
        expect((await engine.getRun(runId)).status).toBe("completed");
        const said = lines.filter(({ level }) => level === "info").map(({ message }) => message);
        expect(said).toEqual(["begins", "heard 0", "heard 1", "heard 2", "ends"]);
      }
    },
  );
});
