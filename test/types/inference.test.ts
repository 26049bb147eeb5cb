/** What TypeScript infers; wrong uses must not compile. Checked by tsc, and run to be sure it loads. */
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod/mini";
import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine, type RunEvent, type RunHandle } from "../../src/engine/index.ts";
import { type InputOf, type OutputOf, step, type Workflow, workflow } from "../../src/index.ts";

const plain = workflow("plain", async (input: { orderId: string }) => ({ shipped: input.orderId }));
const bare = workflow("bare", async () => 5);
const checked = workflow("checked", async (input) => input.at.getTime(), {
  input: z.object({
    at: z.pipe(
      z.string(),
      z.transform((text) => new Date(text)),
    ),
  }),
  version: undefined,
});
const shown = workflow("shown", async () => "5", {
  output: z.pipe(
    z.string(),
    z.transform((text) => Number(text)),
  ),
});

const engine = createEngine({
  workflows: [plain, bare, checked, shown],
  store: createMemoryStore(),
  scheduler: createLocalScheduler(),
  clock: undefined,
  logger: undefined,
});

describe("a workflow", () => {
  test("has the types of its code", () => {
    expectTypeOf(plain).toEqualTypeOf<
      Workflow<{ orderId: string }, { shipped: string }, { orderId: string }, "plain">
    >();
    expectTypeOf<InputOf<typeof plain>>().toEqualTypeOf<{ orderId: string }>();
    expectTypeOf<OutputOf<typeof plain>>().toEqualTypeOf<{ shipped: string }>();
  });

  test("is given what its input schema puts out, and is started with what it takes in", () => {
    expectTypeOf<InputOf<typeof checked>>().toEqualTypeOf<{ at: string }>();
    expectTypeOf<Parameters<typeof checked.run>[0]>().toEqualTypeOf<{ at: Date }>();
    expectTypeOf<OutputOf<typeof checked>>().toEqualTypeOf<number>();
  });

  test("has the output that its output schema puts out", () => {
    expectTypeOf<OutputOf<typeof shown>>().toEqualTypeOf<number>();
    // @ts-expect-error the code must return what the schema takes
    workflow("wrong", async () => 5, { output: z.string() });
  });
});

describe("a step", () => {
  test("keeps its arguments, and answers a promise of its result", () => {
    const charge = step("charge", async (orderId: string, cents?: number) => ({ orderId, cents }));
    expectTypeOf(charge).parameters.toEqualTypeOf<[orderId: string, cents?: number | undefined]>();
    expectTypeOf(charge).returns.resolves.toEqualTypeOf<{
      orderId: string;
      cents: number | undefined;
    }>();
    const now = step("now", () => 5);
    expectTypeOf(now).returns.resolves.toEqualTypeOf<number>();
  });

  test("takes only options that exist, and undefined for each", () => {
    step("fine", () => {}, { retries: undefined, timeout: undefined, inline: undefined });
    // @ts-expect-error a backoff is a known word or a shape
    const wrong = () => step("wrong", () => {}, { backoff: "quadratic" });
    expectTypeOf(wrong).toBeFunction();
  });
});

describe("start", () => {
  test("infers from the workflow", () => {
    const start = () => engine.start(plain, { orderId: "1" });
    expectTypeOf(start).returns.resolves.toEqualTypeOf<RunHandle<{ shipped: string }>>();
    // @ts-expect-error another input
    expectTypeOf(() => engine.start(plain, { orderId: 1 })).toBeFunction();
    expectTypeOf(() => engine.start(bare)).toBeFunction();
    // @ts-expect-error the input must be given
    expectTypeOf(() => engine.start(plain)).toBeFunction();
    // @ts-expect-error what the schema puts out is not what it takes
    expectTypeOf(() => engine.start(checked, { at: new Date() })).toBeFunction();
  });

  test("infers from the name of a registered workflow", () => {
    const start = () => engine.start("plain", { orderId: "1" }, { tags: ["a"], runId: undefined });
    expectTypeOf(start).returns.resolves.toEqualTypeOf<RunHandle<{ shipped: string }>>();
    // @ts-expect-error no such workflow is registered
    expectTypeOf(() => engine.start("other", {})).toBeFunction();
    // @ts-expect-error another input
    expectTypeOf(() => engine.start("plain", { order: "1" })).toBeFunction();
  });

  test("hands the output on to result()", () => {
    const result = async () => (await engine.start(shown)).result();
    expectTypeOf(result).returns.resolves.toEqualTypeOf<number>();
    const byHandle = async (run: RunHandle<Date>) => await engine.result(run);
    expectTypeOf(byHandle).returns.resolves.toEqualTypeOf<Date>();
  });
});

describe("an event", () => {
  test("is told by its type what it carries", () => {
    const tell = (event: RunEvent): unknown => {
      switch (event.type) {
        case "step.retrying":
          expectTypeOf(event.retryAt).toEqualTypeOf<Date>();
          expectTypeOf(event.error).toEqualTypeOf<Error>();
          return expectTypeOf(event.attempt).toBeNumber();
        case "workflow.started":
          expectTypeOf(event.input).toBeUnknown();
          expectTypeOf(event.startAt).toEqualTypeOf<Date | undefined>();
          // @ts-expect-error kept, and not shown
          return event.given;
        case "cancellation.delivered":
          return expectTypeOf(event.checkpoint).toBeString();
        default:
          // @ts-expect-error not every event has one
          return event.checkpoint;
      }
    };
    expectTypeOf(tell).parameter(0).toHaveProperty("seq").toBeNumber();
  });
});
