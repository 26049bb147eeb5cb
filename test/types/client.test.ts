/** A client has the types of its engine, and imports nothing of it. */
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod/mini";
import type { CancelAnswer, Engine, Run, RunHandle } from "../../src/engine/index.ts";
import { type Client, createClient } from "../../src/http/client/index.ts";
import { workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";

const ping = workflow("ping", async () => new Date());
const order = workflow("order", async ({ count }) => ({ count }), {
  input: z.object({ id: z.string(), count: z._default(z.number(), 1) }),
});
const engine = createTestEngine({ workflows: [ping, order] });
const client = createClient<typeof engine>({ baseUrl: "http://detent.test" });
const anyClient = createClient({ baseUrl: "http://detent.test" });

/** Must compile; is not run. */
const allowed = (_: () => unknown): void => {};

/** Only its type is looked at. */
const only = <T>(_: () => T): T => undefined as T;

describe("a client of an engine", () => {
  test("starts its workflows, by name or themselves, with their input", () => {
    const started = only(() => client.start("order", { id: "1" }));
    expectTypeOf(started).resolves.toEqualTypeOf<RunHandle<{ count: number }>>();
    expectTypeOf(only(() => client.start(ping))).resolves.toEqualTypeOf<RunHandle<Date>>();
    allowed(() => client.start("ping", undefined, { signal: AbortSignal.timeout(1), tags: ["a"] }));
    // @ts-expect-error no such workflow
    allowed(() => client.start("pong"));
    // @ts-expect-error it takes an id
    allowed(() => client.start("order"));
    // @ts-expect-error not a number
    allowed(() => client.start("order", { id: "1", count: "1" }));
    // @ts-expect-error no such option
    allowed(() => client.start("ping", undefined, { tag: ["a"] }));
  });

  test("has the engine's methods, with the engine's answers", () => {
    type Mirrored =
      | "cancel"
      | "terminate"
      | "getRun"
      | "listRuns"
      | "getEvents"
      | "result"
      | "cancelAll";
    expectTypeOf<typeof client>().toExtend<Pick<Engine, Mirrored>>();
    expectTypeOf(only(() => client.getRun("a"))).resolves.toEqualTypeOf<Run>();
    expectTypeOf(
      only(() => client.cancel("a", { wait: true })),
    ).resolves.toEqualTypeOf<CancelAnswer>();
    const run = only(async () => await client.result(await client.start("order", { id: "1" })));
    expectTypeOf(run).resolves.toEqualTypeOf<{ count: number }>();
  });
});

test("a pause and a resume answer what may become of them", () => {
  type Outcome = "paused" | "already-paused" | "cancelling" | "already-ended";
  const paused = only(async () => (await client.pause("run_1", { reason: "rest" })).outcome);
  expectTypeOf(paused).resolves.toEqualTypeOf<Outcome>();
  const resumed = only(async () => (await engine.resume("run_1")).outcome);
  expectTypeOf(resumed).resolves.toEqualTypeOf<"resumed" | "not-paused" | "already-ended">();
  allowed(() => client.pauseAll({ workflow: "order", parent: undefined }, { requestedBy: "bob" }));
  // @ts-expect-error a filter has no place in a list
  allowed(() => client.pauseAll({ cursor: "x" }));
  expectTypeOf(only(() => client.getRun("run_1")))
    .resolves.toHaveProperty("pause")
    .toEqualTypeOf<{ reason?: string; requestedBy?: string; at: Date } | undefined>();
});

test("a client of an unknown engine starts anything, and hears unknown things", () => {
  expectTypeOf<typeof anyClient>().toEqualTypeOf<Client>();
  expectTypeOf(only(() => anyClient.start("any", { a: 1 }))).resolves.toEqualTypeOf<
    RunHandle<unknown>
  >();
  expectTypeOf(only(() => anyClient.start(order, { id: "1" }))).resolves.toEqualTypeOf<
    RunHandle<{ count: number }>
  >();
});
