/** Errors of another realm, as Node's own are in a Jest test, are errors like any other. */
import vm from "node:vm";
import { expect, test } from "vitest";
import { FatalError, step, workflow } from "../../src/index.ts";
import { describeOnEachStore } from "./each-store.ts";
import { eventsOf } from "./story.ts";

/** Throws what a file system of another realm would throw. */
const readFar = vm.runInNewContext(`(cause) => {
  throw Object.assign(new Error("no such file", { cause }), { code: "ENOENT", errno: -2, tags: new Set(["a"]) });
}`) as (cause?: unknown) => never;

describeOnEachStore("an error of another realm", ({ createEngine }) => {
  test("that a step or a workflow throws keeps what it says, its code, fields and cause", async () => {
    const seen: unknown[] = [];
    const read = step("read", async () => readFar(vm.runInNewContext('new TypeError("why")')), {
      retries: 0,
    });
    const order = workflow("order", async () => {
      try {
        await read();
      } catch (error) {
        const { cause } = error as { cause: Error & { code: string } };
        seen.push(cause instanceof Error, cause.code, cause.cause instanceof TypeError);
        throw error;
      }
    });
    const direct = workflow("direct", async () => readFar());
    const engine = createEngine({ workflows: [order, direct], replay: "live" });
    const { runId } = await engine.start(order);
    const second = await engine.start(direct);
    await engine.settle();
    expect(seen).toEqual([true, "ENOENT", true]);
    expect(await engine.getRun(runId)).toMatchObject({
      status: "failed",
      error: {
        code: "step.failed",
        message: 'Step "read" failed after 1 attempt: no such file',
        cause: {
          name: "Error",
          message: "no such file",
          code: "ENOENT",
          cause: { message: "why" },
        },
      },
    });
    const [failed] = await eventsOf(engine, runId, "step.failed");
    expect(failed?.["error"]).toMatchObject({ errno: -2, tags: new Set(["a"]) });
    const stack = expect.stringContaining("Error: no such file");
    expect(failed).toMatchObject({ error: { stack } });
    await expect(second.result()).rejects.toMatchObject({ name: "Error", code: "ENOENT" });
  });

  test("is not retried where a FatalError caused it, and is where none did", async () => {
    const attempts = { fatal: 0, other: 0 };
    const fatal = step("fatal", async () => {
      attempts.fatal += 1;
      readFar(new FatalError("no card"));
    });
    const other = step(
      "other",
      async () => {
        attempts.other += 1;
        readFar(new Error("busy"));
      },
      { retries: 2, backoff: { initial: "1s" } },
    );
    const order = workflow("order", async () => {
      await fatal().catch(() => {});
      await other();
    });
    const engine = createEngine({ workflows: [order] });
    const { runId } = await engine.start(order);
    await engine.clock.advance("1m");
    expect(attempts).toEqual({ fatal: 1, other: 3 });
    expect(await engine.getRun(runId)).toMatchObject({ status: "failed" });
  });
});
