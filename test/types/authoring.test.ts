/** What workflow and step code is given and gives back. */
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod";
import type { Engine } from "../../src/engine/index.ts";
import type { Client } from "../../src/http/client/index.ts";
import {
  type CancellationError,
  type Channel,
  type Context,
  channel,
  type DetentError,
  FatalError,
  getContext,
  type Hook,
  type HookOptions,
  hook,
  isCancellation,
  patched,
  RetryableError,
  type StepFailedError,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";

/** Must compile; is not run. */
const allowed = (_: () => unknown): void => {};

/** Only its type is looked at. */
const only = <T>(_: () => T): T => undefined as T;

describe("shield", () => {
  test("answers what its function does, awaited", () => {
    expectTypeOf(only(() => shield(() => 5))).resolves.toBeNumber();
    expectTypeOf(only(() => shield(async () => "a"))).resolves.toBeString();
    expectTypeOf(
      only(() => shield(step("a", async () => new Date()))),
    ).resolves.toEqualTypeOf<Date>();
    // @ts-expect-error a function, not its promise
    allowed(() => shield(Promise.resolve()));
  });
});

describe("sleep", () => {
  test("takes a duration or a date", () => {
    expectTypeOf(sleep).parameters.toEqualTypeOf<[until: number | string | Date]>();
    expectTypeOf(sleep).returns.resolves.toBeVoid();
  });
});

describe("a step", () => {
  test("keeps rest and optional arguments", () => {
    const sum = step("sum", (...numbers: number[]) => numbers.length);
    expectTypeOf(sum).parameters.toEqualTypeOf<number[]>();
    const greet = step("greet", async (name: string, loud?: boolean) => (loud ? name : ""));
    expectTypeOf(greet).parameters.toEqualTypeOf<[name: string, loud?: boolean | undefined]>();
    // @ts-expect-error a name is a text
    allowed(() => greet(5));
  });

  test("that returns nothing answers nothing", () => {
    expectTypeOf(step("a", async () => {})).returns.resolves.toBeVoid();
    const throws = step("b", (): never => {
      throw new Error("no");
    });
    expectTypeOf(throws).returns.resolves.toBeNever();
  });

  test("takes a backoff in words or in parts", () => {
    step("a", () => {}, { backoff: "fixed" });
    step("a", () => {}, { backoff: "exponential" });
    step("a", () => {}, { backoff: { initial: "1s", factor: 2, max: 5000, jitter: false } });
    step("a", () => {}, { backoff: { initial: undefined, jitter: undefined } });
    // @ts-expect-error no such part
    allowed(() => step("a", () => {}, { backoff: { minimum: 1 } }));
    // @ts-expect-error no such option
    allowed(() => step("a", () => {}, { retry: 1 }));
  });
});

describe("a patch", () => {
  test("is a name, and there or not", () => {
    expectTypeOf(patched).parameters.toEqualTypeOf<[id: string]>();
    expectTypeOf(patched).returns.toBeBoolean();
    workflow("a", async () => {}, { patches: ["b"] as const });
    // @ts-expect-error a list
    allowed(() => workflow("a", async () => {}, { patches: "b" }));
  });
});

describe("the context", () => {
  test("is the same for workflows and steps, but for what only steps have", () => {
    expectTypeOf(getContext).returns.toEqualTypeOf<Context>();
    expectTypeOf<Context["idempotencyKey"]>().toBeString();
    expectTypeOf<Context["step"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Context["attempt"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Context["signal"]>().toEqualTypeOf<AbortSignal>();
    expectTypeOf<Context["now"]>().returns.toEqualTypeOf<Date>();
    expectTypeOf<Context["checkCancellation"]>().returns.resolves.toBeVoid();
    allowed(() => {
      const context = getContext();
      // @ts-expect-error it is read only
      context.runId = "another";
    });
  });
});

describe("a hook", () => {
  test("is awaited for what its schema puts out", () => {
    const make = () =>
      hook("approval", { schema: z.object({ at: z.string().transform(Number) }), timeout: "2d" });
    expectTypeOf(make).returns.toEqualTypeOf<Hook<{ at: number }>>();
    expectTypeOf<Awaited<Hook<{ at: number }>>>().toEqualTypeOf<{ at: number }>();
    expectTypeOf<Hook<string>["token"]>().toBeString();
    expectTypeOf<Hook<string>>().toExtend<PromiseLike<string>>();
  });

  test("without a schema gives what nobody knows, or what the author says", () => {
    expectTypeOf(() => hook("any")).returns.toEqualTypeOf<Hook<unknown>>();
    expectTypeOf(() => hook<string>("any")).returns.toEqualTypeOf<Hook<string>>();
    expectTypeOf<HookOptions<string>>().toExtend<{ timeout?: number | string | undefined }>();
    // @ts-expect-error the schema puts out something else
    allowed(() => hook<string>("any", { schema: z.number() }));
    // @ts-expect-error no such option
    allowed(() => hook("any", { retries: 3 }));
  });
});

describe("an error", () => {
  test("has a literal code", () => {
    expectTypeOf<FatalError["code"]>().toEqualTypeOf<"step.fatal">();
    expectTypeOf<CancellationError["code"]>().toEqualTypeOf<"run.cancelled">();
    expectTypeOf<StepFailedError["code"]>().toEqualTypeOf<"step.failed">();
    expectTypeOf<DetentError["code"]>().toBeString();
    expectTypeOf<StepFailedError["attempts"]>().toBeNumber();
    expectTypeOf<CancellationError["requestedAt"]>().toEqualTypeOf<Date>();
  });

  test("takes the options that its kind has", () => {
    allowed(() => new FatalError("no", { cause: new Error() }));
    allowed(() => new RetryableError("later", { retryAfter: "5s" }));
    allowed(() => new RetryableError("later", { retryAfter: new Date() }));
    allowed(() => new RetryableError("later", { retryAfter: undefined }));
    // @ts-expect-error no time
    allowed(() => new RetryableError("later", { retryAfter: true }));
    // @ts-expect-error a FatalError is never retried
    allowed(() => new FatalError("no", { retryAfter: 5 }));
  });

  test("of any type may be asked whether it is a cancellation", () => {
    expectTypeOf(isCancellation).parameters.toEqualTypeOf<[error: unknown]>();
    expectTypeOf(isCancellation).returns.toBeBoolean();
  });
});

describe("a channel", () => {
  const orders = channel("orders", z.object({ at: z.string().transform(Number) }));

  test("gives what its schema puts out, and is sent what it takes", () => {
    expectTypeOf(orders).toEqualTypeOf<Channel<{ at: number }, { at: string }>>();
    expectTypeOf(only(() => orders.receive({ timeout: "1h" }))).resolves.toEqualTypeOf<{
      at: number;
    }>();
    const { send } = {} as Engine;
    expectTypeOf<Client["send"]>().toExtend<Engine["send"]>();
    allowed(() => send("run", orders, { at: "5" }, { messageId: "m", sentBy: "bob" }));
    allowed(() => send("run", "orders", { anything: true }));
    expectTypeOf(() => send("run", orders, { at: "5" })).returns.resolves.toEqualTypeOf<{
      runId: string;
      duplicate: boolean;
    }>();
    // @ts-expect-error what it puts out is not what it takes
    allowed(() => send("run", orders, { at: 5 }));
    // @ts-expect-error a part is missing
    allowed(() => send("run", orders, {}));
    // @ts-expect-error no such option
    allowed(() => send("run", orders, { at: "5" }, { messageID: "m" }));
  });

  test("is gone through message by message", () => {
    allowed(async () => {
      for await (const order of orders) expectTypeOf(order).toEqualTypeOf<{ at: number }>();
    });
  });

  test("without a schema gives what nobody knows, or what the author says", () => {
    expectTypeOf(() => channel("any")).returns.toEqualTypeOf<Channel<unknown, unknown>>();
    expectTypeOf(() => channel<string>("any")).returns.toEqualTypeOf<Channel<string, string>>();
    // @ts-expect-error the schema puts out something else
    allowed(() => channel<string>("any", z.number()));
  });

  test("of any types is named by a workflow, and nothing else is", () => {
    allowed(() => workflow("w", async () => {}, { channels: [orders, channel("any")] }));
    // @ts-expect-error a name is no channel
    allowed(() => workflow("w", async () => {}, { channels: ["orders"] }));
  });
});
