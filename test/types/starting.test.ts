/** How `start`, `result` and their like infer, whatever workflows an engine has. */
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod/mini";
import type { Engine, Run, RunHandle } from "../../src/engine/index.ts";
import {
  type AnyWorkflow,
  type InputOf,
  type OutputOf,
  type Workflow,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";

const none = workflow("none", async () => 5);
const optional = workflow("optional", async (input?: { id: number }) => input?.id);
const maybe = workflow("maybe", async (input: string | undefined) => input);
const unknownInput = workflow("unknown", async (input: unknown) => input);
const union = workflow("union", async (input: "a" | "b") => (input === "a" ? 1 : "two"));
const defaulted = workflow("defaulted", async ({ count }) => count, {
  input: z.object({ count: z._default(z.number(), 3) }),
});
const sync = workflow("sync", (n: number) => ({ doubled: n * 2 }));
const old = workflow("versioned", async (id: number) => id, { version: "1" });
const recent = workflow("versioned", async (id: string) => id, { version: "2" });

const engine = createTestEngine({
  workflows: [none, optional, maybe, unknownInput, union, defaulted, sync, old, recent],
});

/** Must compile; is not run. */
const allowed = (_: () => unknown): void => {};

/** Only its type is looked at. */
const only = <T>(_: () => T): T => undefined as T;

describe("the input of a start", () => {
  test("may be left out only where the workflow takes none", () => {
    expectTypeOf(only(() => engine.start(none))).resolves.toEqualTypeOf<RunHandle<number>>();
    allowed(() => engine.start(optional));
    allowed(() => engine.start(optional, { id: 1 }));
    allowed(() => engine.start(maybe));
    allowed(() => engine.start(unknownInput));
    allowed(() => engine.start(unknownInput, { anything: true }));
    // @ts-expect-error it takes one
    allowed(() => engine.start(union));
    // @ts-expect-error it takes none
    allowed(() => engine.start(none, { id: 1 }));
    // @ts-expect-error it takes one, also by name
    allowed(() => engine.start("sync"));
  });

  test("comes before the options, which may follow undefined", () => {
    allowed(() => engine.start(none, undefined, { tags: ["a"], startAt: new Date() }));
    allowed(() => engine.start("none", undefined, { idempotencyKey: "a" }));
    // @ts-expect-error no such option
    allowed(() => engine.start(none, undefined, { idempotencykey: "a" }));
  });

  test("is what the schema takes, not what it puts out", () => {
    expectTypeOf<InputOf<typeof defaulted>>().toEqualTypeOf<{ count?: number | undefined }>();
    allowed(() => engine.start(defaulted, {}));
    allowed(() => engine.start("defaulted", { count: 1 }));
    // @ts-expect-error not a number
    allowed(() => engine.start("defaulted", { count: "1" }));
  });

  test("is held to its literals", () => {
    allowed(() => engine.start(union, "a"));
    allowed(() => engine.start("union", "b"));
    // @ts-expect-error neither
    allowed(() => engine.start("union", "c"));
  });

  test("of a name with several versions may be that of any", () => {
    allowed(() => engine.start("versioned", 1));
    allowed(() => engine.start("versioned", "one"));
    // @ts-expect-error of none
    allowed(() => engine.start("versioned", true));
    // @ts-expect-error of the other version
    allowed(() => engine.start(old, "one"));
  });
});

describe("the output of a run", () => {
  test("is what the code returns, awaited", () => {
    expectTypeOf<OutputOf<typeof union>>().toEqualTypeOf<1 | "two">();
    expectTypeOf<OutputOf<typeof sync>>().toEqualTypeOf<{ doubled: number }>();
    const run = only(() => engine.start("sync", 1));
    expectTypeOf(run).resolves.toEqualTypeOf<RunHandle<{ doubled: number }>>();
  });

  test("is known to whoever holds the handle, and unknown by id alone", () => {
    const handle = undefined as unknown as RunHandle<{ doubled: number }>;
    expectTypeOf(only(() => engine.result(handle))).resolves.toEqualTypeOf<{ doubled: number }>();
    expectTypeOf(only(() => handle.result({ timeout: undefined }))).resolves.toEqualTypeOf<{
      doubled: number;
    }>();
    expectTypeOf(only(() => engine.result("run_1"))).resolves.toBeUnknown();
    expectTypeOf(only(() => engine.result<number>("run_1"))).resolves.toBeNumber();
  });
});

describe("an engine", () => {
  test("of known workflows can stand for any engine", () => {
    expectTypeOf(engine).toExtend<Engine>();
    expectTypeOf<Engine<typeof none>>().toExtend<Engine<AnyWorkflow>>();
  });

  test("whose workflows are not known starts any name", () => {
    const any = engine as Engine;
    allowed(() => any.start("whatever", { id: 1 }));
    allowed(() => any.start("whatever"));
  });

  test("names its workflows", () => {
    expectTypeOf(engine.workflows[0]).toExtend<AnyWorkflow | undefined>();
    // @ts-expect-error not one of them
    allowed(() => engine.start("others"));
  });

  test("takes undefined for every option that may be left out", () => {
    allowed(() => engine.cancel("a", { reason: undefined, wait: undefined, timeout: undefined }));
    allowed(() => engine.cancel("a", { requestedBy: undefined, gracePeriod: undefined }));
    allowed(() => engine.terminate("a", { reason: undefined }));
    allowed(() => engine.listRuns({ status: undefined, limit: undefined, cursor: undefined }));
    allowed(() => engine.getEvents("a", { after: undefined, limit: undefined }));
    allowed(() => engine.turn({ runId: "a", task: undefined, claim: undefined }));
    allowed(() => engine.turn({ runId: "a" }, { remainingMs: undefined }));
    // @ts-expect-error no such status
    allowed(() => engine.listRuns({ status: "asleep" }));
  });

  test("answers records whose statuses and codes are known", () => {
    expectTypeOf<Run["status"]>().toEqualTypeOf<
      | "pending"
      | "running"
      | "suspended"
      | "paused"
      | "cancelling"
      | "completed"
      | "failed"
      | "cancelled"
      | "terminated"
    >();
    expectTypeOf<Run["createdAt"]>().toEqualTypeOf<Date>();
    expectTypeOf(only(() => engine.cancel("a"))).resolves.toHaveProperty("outcome");
    const outcome = only(async () => (await engine.cancel("a")).outcome);
    expectTypeOf(outcome).resolves.toEqualTypeOf<
      "requested" | "already-requested" | "already-ended"
    >();
  });
});

describe("any workflow", () => {
  test("is an AnyWorkflow, whatever its types", () => {
    expectTypeOf(none).toExtend<AnyWorkflow>();
    expectTypeOf(defaulted).toExtend<AnyWorkflow>();
    expectTypeOf(union).toExtend<AnyWorkflow>();
    expectTypeOf<Workflow<never, never, never>>().toExtend<AnyWorkflow>();
  });
});
