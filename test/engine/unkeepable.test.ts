/** What cannot be kept, or read again, stops neither the engine nor the run it is in. */
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { DEEPEST_VALUE } from "../../src/core/bounds.ts";
import type { Entry } from "../../src/core/events.ts";
import { createApp } from "../../src/http/index.ts";
import { SerializationError, sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { nested } from "../core/nested.ts";
import { keepLines } from "../logging/kept-lines.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf, storyOf } from "./story.ts";
import { around } from "./watched-store.ts";

const deepest = nested("objects", DEEPEST_VALUE);
const tooDeep = nested("objects", DEEPEST_VALUE + 1);
const TOO_DEEP = { code: "value.notSerializable", message: expect.stringContaining("too deeply") };

/** A schema that calls itself for each level, as schemas of trees do. */
const tree = z.lazy(() =>
  z.union([z.number(), z.looseObject({ a: z.optional(tree) })]),
) as z.ZodMiniType;

describeOnEachStore("what is nested too deeply", (world) => {
  const { createEngine } = world;

  test("is refused as an input, with and without a schema, and over HTTP", async () => {
    const plain = workflow("plain", async (input: unknown) => input);
    const checked = workflow("checked", async (input: unknown) => input, { input: tree });
    const engine = createEngine({ workflows: [plain, checked] });
    for (const each of [plain, checked]) {
      for (const input of [tooDeep, nested("objects", 50_000)]) {
        await expect(engine.start(each, input)).rejects.toMatchObject(TOO_DEEP);
      }
      const run = await engine.start(each, deepest);
      await engine.settle();
      expect(await run.result()).toEqual(deepest);
      const { input, output } = await engine.getRun(run.runId);
      expect([input, output]).toEqual([deepest, deepest]);
    }
    const app = createApp({ engine, auth: { tokens: ["t"] } });
    const headers = { authorization: "Bearer t", "content-type": "application/json" };
    for (const levels of [DEEPEST_VALUE + 1, 150_000]) {
      const body = `{"input":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;
      for (const name of ["plain", "checked"]) {
        const path = `/workflows/${name}/runs`;
        const answer = await app.request(path, { method: "POST", headers, body });
        expect(answer.status).toBe(400);
        expect(await answer.json()).toMatchObject({ error: { code: TOO_DEEP.code } });
      }
    }
  });

  test("fails its step as a result or an argument, at the first attempt, and its run as an output", async () => {
    const give = step("give", async (levels: number) => nested("arrays", levels));
    const take = step("take", async (_: unknown) => "taken");
    const order = workflow("order", async () => {
      const errors: unknown[] = [];
      const failing = [() => give(DEEPEST_VALUE + 1), () => give(50_000), () => take(tooDeep)];
      for (const fail of failing) errors.push(await fail().catch(({ cause }: Error) => cause));
      return [await take(deepest), (await give(DEEPEST_VALUE)) !== undefined, errors];
    });
    const returns = workflow("returns", async () => tooDeep);
    const engine = createEngine({ workflows: [order, returns], replay: "cold" });
    const run = await engine.start(order);
    const failed = await engine.start(returns);
    await engine.settle();
    const [taken, given, errors] = (await run.result()) as unknown[];
    expect([taken, given]).toEqual(["taken", true]);
    expect(errors).toMatchObject([TOO_DEEP, TOO_DEEP, TOO_DEEP]);
    expect(await eventsOf(engine, run.runId, "step.retrying")).toEqual([]);
    expect(await engine.getRun(failed.runId)).toMatchObject({ status: "failed", error: TOO_DEEP });
    await expect(failed.result()).rejects.toBeInstanceOf(SerializationError);
  });

  test("is left out of the error that holds it", async () => {
    const fail = step(
      "fail",
      async () => {
        throw Object.assign(new Error("no"), { tooDeep, id: 7 });
      },
      { retries: 0 },
    );
    const order = workflow("order", () => fail());
    const engine = createEngine({ workflows: [order] });
    const run = await engine.start(order);
    await engine.settle();
    const error: unknown = await run.result().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ cause: { message: "no", id: 7 } });
    expect(error).not.toHaveProperty("cause.tooDeep");
  });
});

describeOnEachStore("what is thrown", ({ createEngine }) => {
  const SECRET = "4111-1111";
  const refuse = (): never => {
    throw new Error(SECRET);
  };
  const revoked = Proxy.revocable(new Error(SECRET), {});
  revoked.revoke();
  const cyclic = new AggregateError([], SECRET);
  cyclic.cause = cyclic.errors[0] = cyclic;

  test.each<[string, () => unknown]>([
    ["a Proxy that was revoked", () => revoked.proxy],
    [
      "a Proxy that throws at every touch",
      () => new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse }),
    ],
    [
      "an error behind such a Proxy",
      () => new Proxy(new Error(SECRET), { get: refuse, has: refuse }),
    ],
    // biome-ignore lint/suspicious/noThenProperty: that is the point
    ["a thenable that throws", () => Object.defineProperty({}, "then", { get: refuse })],
    [
      "an error whose message throws",
      () => Object.defineProperty(new Error(), "message", { get: refuse }),
    ],
    [
      "an error whose stack throws",
      () => Object.defineProperty(new Error(SECRET), "stack", { get: refuse }),
    ],
    ["an error with itself in it", () => cyclic],
    ["an error of 50 MB", () => new Error(SECRET.repeat(5_000_000))],
    ["an object without a text", () => Object.create(null)],
  ])("fails step and run, once each, and nothing of it is logged: %s", async (_, make) => {
    const kept = keepLines();
    const fail = step(
      "fail",
      async () => {
        throw make();
      },
      { retries: 1, backoff: { initial: "1s" } },
    );
    const stepFails = workflow("stepFails", () => fail());
    const runFails = workflow("runFails", async () => {
      throw make();
    });
    const engine = createEngine({ workflows: [stepFails, runFails], logger: kept.logger });
    const runs = [await engine.start(stepFails), await engine.start(runFails)];
    await engine.clock.advance("1m");
    for (const { runId } of runs) {
      expect(await engine.getRun(runId)).toMatchObject({
        status: "failed",
        error: { name: expect.any(String) },
      });
      await expect(engine.result(runId)).rejects.toBeInstanceOf(Error);
    }
    expect(await storyOf(engine, runs[0]?.runId ?? "", { only: /step/ })).toEqual([
      "step.started fail",
      "step.retrying fail",
      "step.started fail #2",
      "step.failed fail #2",
    ]);
    expect(kept.text()).not.toContain(SECRET);
  });
});

test("a kept value that was damaged is a problem of its run, in clean words, and goes when it is mended", async () => {
  let damaged = true;
  const damage = (entry: Entry): Entry => ({
    ...entry,
    events: entry.events.map((event) =>
      event.type === "step.completed" ? { ...event, result: [["Error", 1], null] } : event,
    ),
  });
  const store = around(createMemoryStore(), async (name, call) => {
    const answer = await call();
    return damaged && name === "log.read" ? (answer as Entry[]).map(damage) : answer;
  });
  const kept = keepLines();
  const give = step("give", async () => "a gift");
  const order = workflow("order", async () => {
    const gift = await give();
    await sleep("1h");
    return gift;
  });
  const options = { workflows: [order], store, logger: kept.logger, replay: "cold" as const };
  const engine = createTestEngine(options);
  const { runId } = await engine.start(order);
  await engine.clock.advance("1m");
  const { problem } = await engine.getRun(runId);
  expect(problem).toMatchObject({
    code: "store.damaged",
    message: expect.stringMatching(
      /^A value that was kept cannot be read: an error in it is not as errors are written\. /,
    ),
  });
  expect(kept.text()).not.toMatch(/destructure|undefined|null|TypeError/);
  damaged = false;
  await engine.clock.advance("4h");
  expect(await engine.result(runId)).toBe("a gift");
});
