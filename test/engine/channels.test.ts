import { expect, test } from "vitest";
import * as z from "zod";
import {
  ChannelNotFoundError,
  ConfigurationError,
  channel,
  isCancellation,
  shield,
  sleep,
  step,
  TimeoutError,
  workflow,
} from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf, storyOf } from "./story.ts";

const approvals = channel(
  "approvals",
  z.object({ by: z.string(), at: z.coerce.date().optional() }),
);
const words = channel<string>("words");

const order = workflow(
  "order",
  async () => {
    const { by } = await approvals.receive();
    return by;
  },
  { channels: [approvals] },
);

/** Takes so many words, and answers them. */
const listener = workflow(
  "listener",
  async (most: number) => {
    const heard: string[] = [];
    for await (const word of words) {
      heard.push(word);
      if (heard.length === most) break;
    }
    return heard;
  },
  { channels: [words] },
);

describeOnEachStore("a run that receives", ({ createEngine }) => {
  test("is suspended until a message comes, and goes on with it", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const run = await engine.getRun(runId);
    expect(run).toMatchObject({ status: "suspended" });
    expect(run.waitingFor).toMatch(/^message on "approvals" since 2030-01-01T00:00:00Z$/);
    const sent = await engine.send(runId, approvals, { by: "alice" });
    expect(sent).toEqual({ runId, duplicate: false });
    expect(await engine.result(runId)).toBe("alice");
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "receive.started",
      "message.received",
      "receive.completed",
      "workflow.completed",
    ]);
  });

  test("gets what the schema puts out, as it was kept", async () => {
    const when = workflow("when", async () => (await approvals.receive()).at, {
      channels: [approvals],
    });
    const engine = createEngine({ workflows: [when] });
    const { runId } = await engine.start(when);
    await engine.send(runId, "approvals", { by: "bob", at: "2030-05-01" }, { sentBy: "the shop" });
    expect(await engine.result(runId)).toEqual(new Date("2030-05-01"));
    expect(await eventsOf(engine, runId, "message.received")).toMatchObject([
      {
        channel: "approvals",
        message: 0,
        payload: { by: "bob", at: new Date("2030-05-01") },
        sentBy: "the shop",
      },
    ]);
    expect(await eventsOf(engine, runId, "receive.completed")).toMatchObject([
      { channel: "approvals", command: 0, message: 0, shielded: false },
    ]);
  });

  test("takes whatever comes on a channel without a schema", async () => {
    const any = channel("any");
    const code = workflow("code", async () => await any.receive(), { channels: [any] });
    const engine = createEngine({ workflows: [code] });
    for (const payload of [undefined, null, new Map([["a", 1n]]), "text"]) {
      const { runId } = await engine.start(code);
      await engine.settle();
      await engine.send(runId, any, payload);
      expect(await engine.result(runId)).toEqual(payload);
    }
  });

  test("costs nothing while it waits: the sweep looks at it only to keep its log", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    const head = await engine.store.runs.get(runId, engine.clock.now());
    expect(head?.dueAt).toBe(head?.keepAt);
    await engine.clock.advance("7d");
    expect(await engine.store.runs.get(runId, engine.clock.now())).toEqual(head);
    await engine.clock.advance(engine.store.retentionMs);
    await engine.send(runId, approvals, { by: "alice" });
    expect(await engine.result(runId)).toBe("alice");
  });

  test("finds what came before it asks, in the order in which it came, without another entry", async () => {
    const code = workflow(
      "code",
      async () => {
        await sleep("1h");
        return [await words.receive(), await words.receive(), await words.receive()];
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    for (const word of ["one", "two", "three"]) await engine.send(runId, words, word);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "suspended" });
    await engine.clock.advance("1h");
    expect(await engine.result(runId)).toEqual(["one", "two", "three"]);
    const head = await engine.store.runs.get(runId, engine.clock.now());
    const log = head ? await engine.store.log.read(head, { from: 5 }) : [];
    expect(log.map(({ events }) => events.map(({ type }) => type))).toEqual([
      [
        "sleep.completed",
        "receive.completed",
        "receive.completed",
        "receive.completed",
        "workflow.completed",
      ],
    ]);
  });

  test("finds what came before any of its code ran", async () => {
    const engine = createEngine({ workflows: [listener] });
    const { runId } = await engine.start(listener, 2);
    await engine.send(runId, words, "early");
    expect(await engine.getRun(runId)).toMatchObject({ status: "pending" });
    await engine.send(runId, words, "bird");
    expect(await engine.result(runId)).toEqual(["early", "bird"]);
    const [, first] = await eventsOf(engine, runId, "receive.completed");
    expect((await engine.getRun(runId)).startedAt).toEqual(first?.at);
  });

  test("begins no sooner than it was to, whatever it is sent before", async () => {
    const engine = createEngine({ workflows: [listener] });
    const startAt = new Date(engine.clock.now() + 3_600_000);
    const { runId } = await engine.start(listener, 1, { startAt });
    await engine.settle();
    await engine.send(runId, words, "early");
    await engine.clock.advance("59m");
    const before = await engine.getRun(runId);
    expect(before).toMatchObject({ status: "pending" });
    expect(before).not.toHaveProperty("startedAt");
    await engine.clock.advance("1m");
    expect(await engine.result(runId)).toEqual(["early"]);
    expect((await engine.getRun(runId)).startedAt).toEqual(startAt);
  });

  test("that no code has run of is cancelled at once, whatever it was sent", async () => {
    const engine = createEngine({ workflows: [listener] });
    const { runId } = await engine.start(listener, 1, { startAt: new Date("2031-01-01") });
    await engine.send(runId, words, "early");
    expect(await engine.cancel(runId)).toMatchObject({ status: "cancelled" });
    expect(await engine.getRun(runId)).not.toHaveProperty("startedAt");
  });

  test("hears message by message in a loop", async () => {
    const engine = createEngine({ workflows: [listener] });
    const { runId } = await engine.start(listener, 5);
    for (const word of ["a", "b", "c"]) {
      await engine.settle();
      await engine.send(runId, words, word);
    }
    await engine.send(runId, words, "d");
    await engine.send(runId, words, "e");
    expect(await engine.result(runId)).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("has the messages of each channel by themselves", async () => {
    const [left, right] = [channel<number>("left"), channel<number>("right")];
    const code = workflow(
      "code",
      async () => {
        const first = await Promise.all([right.receive(), left.receive(), right.receive()]);
        return [...first, await left.receive()];
      },
      { channels: [left, right] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    for (const n of [1, 2]) await engine.send(runId, left, n);
    for (const n of [10, 20]) await engine.send(runId, right, n);
    expect(await engine.result(runId)).toEqual([10, 1, 20, 2]);
  });

  test("gives the oldest message to the receive that waits longest", async () => {
    const code = workflow(
      "code",
      async () => await Promise.all([words.receive(), words.receive(), words.receive()]),
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.send(runId, words, "one");
    await engine.settle();
    await engine.send(runId, words, "two");
    await engine.send(runId, words, "three");
    expect(await engine.result(runId)).toEqual(["one", "two", "three"]);
  });

  test("gives it to what waits longest whether or not that is shielded", async () => {
    const code = workflow(
      "code",
      async () => {
        const [first, second, third] = [
          shield(() => words.receive()),
          words.receive(),
          shield(() => words.receive()),
        ];
        return await Promise.all([first, second, third]);
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    for (const word of ["one", "two", "three"]) await engine.send(runId, words, word);
    expect(await engine.result(runId)).toEqual(["one", "two", "three"]);
  });

  test("takes one with each call, also with one that nobody looks at any more", async () => {
    const code = workflow(
      "code",
      async () => {
        const next = words.receive();
        const first = await Promise.race([next, sleep("1h")]);
        return [first, await words.receive(), await next];
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.clock.advance("1h");
    await engine.send(runId, words, "one");
    await engine.send(runId, words, "two");
    expect(await engine.result(runId)).toEqual([undefined, "two", "one"]);
  });

  test("ends with messages that nobody has received, and with receives that nobody awaited", async () => {
    const code = workflow(
      "code",
      async () => {
        await sleep("1m");
        void words.receive();
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    await engine.send(runId, words, "unheard");
    await engine.clock.advance("1m");
    await engine.result(runId);
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "sleep.started",
      "message.received",
      "sleep.completed",
      "receive.cancelled",
      "workflow.completed",
    ]);
  });
});

describeOnEachStore("the timeout of a receive", ({ createEngine }) => {
  const patient = workflow(
    "patient",
    async () => {
      try {
        return await words.receive({ timeout: "1h" });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        return error.message;
      }
    },
    { channels: [words] },
  );

  test("rejects what waits for it, and no message is lost by that", async () => {
    const retry = workflow(
      "retry",
      async () => {
        const first = await words.receive({ timeout: "1h" }).catch(() => "nothing");
        return [first, await words.receive()];
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [patient, retry] });
    const [one, two] = [await engine.start(patient), await engine.start(retry)];
    await engine.settle();
    const run = await engine.getRun(one.runId);
    expect(run.waitingFor).toContain("until 2030-01-01T01:00:00Z");
    await engine.clock.advance("1h");
    expect(await one.result()).toContain('No message came on channel "words" in time');
    await engine.send(two.runId, words, "late");
    expect(await two.result()).toEqual(["nothing", "late"]);
  });

  test("is not over while nothing has recorded it: then the message wins", async () => {
    const engine = createEngine({ workflows: [patient] });
    const { runId } = await engine.start(patient);
    await engine.settle();
    const later = createEngine({
      workflows: [patient],
      now: new Date(engine.clock.now() + 7_200_000),
    });
    await later.send(runId, words, "late, and welcome");
    expect(await later.result(runId)).toBe("late, and welcome");
    expect(await storyOf(later, runId)).not.toContain("receive.expired");
  });

  test("of nothing takes what is there, and waits for nothing", async () => {
    const drain = workflow(
      "drain",
      async () => {
        await sleep("1m");
        const all: string[] = [];
        for (;;) {
          const word = await words.receive({ timeout: 0 }).catch(() => undefined);
          if (word === undefined) return all;
          all.push(word);
        }
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [drain] });
    const { runId } = await engine.start(drain);
    for (const word of ["a", "b"]) await engine.send(runId, words, word);
    await engine.clock.advance("1m");
    expect(await engine.result(runId)).toEqual(["a", "b"]);
  });
});

describeOnEachStore("a cancel of a run that receives", ({ createEngine }) => {
  const heard = workflow(
    "heard",
    async () => {
      try {
        return await words.receive();
      } catch (error) {
        if (!isCancellation(error)) throw error;
        const rest = await shield(async () => [
          await words.receive(),
          await words.receive({ timeout: "10m" }).catch(() => "no more"),
        ]);
        return ["cancelled", ...rest];
      }
    },
    { channels: [words] },
  );

  test("wakes it, and what comes from then on only shields are handed", async () => {
    const engine = createEngine({ workflows: [heard] });
    const { runId } = await engine.start(heard);
    await engine.settle();
    await engine.cancel(runId);
    await engine.send(runId, words, "after the request");
    await engine.settle();
    expect((await engine.getRun(runId)).cancellation).toMatchObject({
      checkpoint: "channel words",
    });
    await engine.clock.advance("10m");
    expect(await engine.result(runId)).toEqual(["cancelled", "after the request", "no more"]);
    expect(await storyOf(engine, runId)).toEqual([
      "workflow.started",
      "receive.started",
      "cancellation.requested",
      "message.received",
      "receive.cancelled",
      "cancellation.delivered",
      "receive.completed",
      "receive.started",
      "receive.expired",
      "workflow.completed",
    ]);
  });

  test("comes too late for a message that was there before it", async () => {
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.settle();
    await engine.send(runId, approvals, { by: "alice" });
    await engine.cancel(runId);
    expect(await engine.result(runId)).toBe("alice");
    expect((await engine.getRun(runId)).cancellation).toMatchObject({ tooLate: true });
  });

  test("is held up by a shield that receives", async () => {
    const code = workflow(
      "code",
      async () => {
        const [word] = await Promise.all([shield(() => words.receive()), sleep("1d")]);
        return word;
      },
      { channels: [words] },
    );
    const engine = createEngine({ workflows: [code] });
    const { runId } = await engine.start(code);
    await engine.settle();
    await engine.cancel(runId);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({ status: "cancelling" });
    await engine.send(runId, words, "done");
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "cancelled",
      cancellation: { checkpoint: "sleep" },
    });
  });
});

describeOnEachStore("a channel", ({ createEngine, watch }) => {
  test("that the workflow does not name is a problem of the run, until that is mended", async () => {
    const code = async () => await words.receive();
    const broken = workflow("code", code);
    const engine = createEngine({ workflows: [broken] });
    const { runId } = await engine.start(broken);
    await engine.settle();
    expect(await engine.getRun(runId)).toMatchObject({
      status: "pending",
      problem: { code: "channel.notFound" },
    });
    const whole = workflow("code", code, { channels: [words] });
    const mended = createEngine({ workflows: [whole] });
    watch(runId, [whole]);
    await mended.send(runId, words, "at last");
    await mended.wake(runId);
    expect(await mended.result(runId)).toBe("at last");
  });

  test("is refused where it is not made, named or used as it should be", async () => {
    expect(() => channel("")).toThrow(ConfigurationError);
    expect(() => channel("x", {} as never)).toThrow(ConfigurationError);
    const twice = [channel("x"), channel("x")];
    expect(() => workflow("w", async () => {}, { channels: twice })).toThrow('two channels "x"');
    expect(() => workflow("w", async () => {}, { channels: ["x"] as never })).toThrow(
      ConfigurationError,
    );
    await expect(words.receive()).rejects.toThrow("outside of a workflow");
    const inStep = workflow("w", () => step("ask", () => words.receive(), { retries: 0 })(), {
      channels: [words],
    });
    const engine = createEngine({ workflows: [inStep] });
    const run = await engine.start(inStep);
    await expect(run.result()).rejects.toMatchObject({
      cause: { code: "configuration.invalid" },
    });
    await expect(engine.send(run.runId, "other", 1)).rejects.toThrow();
    expect(ChannelNotFoundError.name).toBe("ChannelNotFoundError");
  });
});
