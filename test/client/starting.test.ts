import { describe, expect, test } from "vitest";
import {
  CancellationError,
  IdempotencyConflictError,
  InvalidInputError,
  RunEndedError,
  RunNotFoundError,
  SerializationError,
  StepFailedError,
  TimeoutError,
  WorkflowNotFoundError,
} from "../../src/http/client/index.ts";
import { createClientRig } from "./client-rig.ts";

describe("a start", () => {
  test("answers a handle with the output", async () => {
    const { client } = createClientRig();
    const run = await client.start("greet", { name: "Ada" }, { tags: ["vip"] });
    expect(run).toMatchObject({ status: "pending", existing: false });
    expect(await run.result()).toBe("Hello, Ada");
    expect((await client.getRun(run.runId)).tags).toEqual(["vip"]);
  });

  test("brings values that JSON lacks there and back", async () => {
    const { client } = createClientRig();
    const input = { at: new Date(5), many: 10n, seen: new Set([new Map([["a", undefined]])]) };
    const run = await client.start("echo", input);
    expect(await client.result(run)).toEqual(input);
    expect((await client.getRun(run.runId)).input).toEqual(input);
    const nothing = await client.start("echo");
    expect(await nothing.result()).toBeUndefined();
  });

  test("with the same key is the same run, and with other input a conflict that names it", async () => {
    const { client } = createClientRig();
    const first = await client.start("echo", 1, { idempotencyKey: "a" });
    const second = await client.start("echo", 1, { idempotencyKey: "a" });
    expect(second).toMatchObject({ runId: first.runId, existing: true });
    const conflict = await client.start("echo", 2, { idempotencyKey: "a" }).catch((error) => error);
    expect(conflict).toBeInstanceOf(IdempotencyConflictError);
    expect(conflict).toMatchObject({ code: "run.idempotencyConflict", runId: first.runId });
  });

  test("is delayed until its time", async () => {
    const { client } = createClientRig();
    const startAt = new Date(Date.now() + 3_600_000);
    const { runId } = await client.start("echo", 1, { startAt });
    expect((await client.getRun(runId)).status).toBe("pending");
  });

  test("is refused with the issues of the schema", async () => {
    const { client } = createClientRig();
    const error = await client.start("greet", { name: 5 }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.issues).toEqual([{ message: "must be a name", path: ["name"] }]);
    expect(error.name).toBe("InvalidInputError");
  });

  test("of what cannot be sent is refused before it is", async () => {
    const { client, asked } = createClientRig();
    const error = await client.start("echo", { call: () => 1 }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SerializationError);
    expect(error.message).toMatch(/The start of workflow "echo" .* at \.input\.call/);
    expect(asked).toEqual([]);
  });

  test("of a workflow or a version that is not there says what is", async () => {
    const { client, engine } = createClientRig();
    const error = await client.start("great").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WorkflowNotFoundError);
    expect(error).toMatchObject({ workflow: "great", message: expect.stringContaining("greet") });
    const [greet] = engine.workflows;
    if (!greet) throw new Error("no workflow");
    await expect(client.start({ ...greet, version: "9" })).rejects.toThrow(WorkflowNotFoundError);
    expect(await (await client.start(greet, { name: "Bo" })).result()).toBe("Hello, Bo");
  });
});

describe("a result", () => {
  test("that is an error is thrown as it was", async () => {
    const { client } = createClientRig();
    const run = await client.start("breaks");
    await expect(run.result()).rejects.toThrow(StepFailedError);
    await expect(run.result()).rejects.toMatchObject({
      step: "always_breaks",
      attempts: 1,
      cause: { name: "Error", message: "out of paper" },
    });
  });

  test("of a cancelled or terminated run is an error that says so", async () => {
    const { client } = createClientRig();
    const cancelled = await client.start("nap");
    await cancelled.cancel({ reason: "too late", requestedBy: "alice", wait: true });
    await expect(cancelled.result()).rejects.toThrow(CancellationError);
    await expect(cancelled.result()).rejects.toMatchObject({
      reason: "too late",
      requestedBy: "alice",
      requestedAt: expect.any(Date),
    });
    const terminated = await client.start("nap");
    await client.terminate(terminated.runId, { reason: "enough" });
    await expect(terminated.result()).rejects.toThrow(RunEndedError);
    await expect(terminated.result()).rejects.toMatchObject({ status: "terminated" });
  });

  test("that does not come in time is a timeout, and the run goes on", async () => {
    const { client } = createClientRig();
    const run = await client.start("nap");
    await expect(run.result({ timeout: 20 })).rejects.toThrow(
      /did not end within 20 ms; it is (running|suspended)/,
    );
    await expect(run.result({ timeout: 0 })).rejects.toThrow(TimeoutError);
  });

  test("of an error that a workflow threw itself is not taken for a failure to ask", async () => {
    const { client } = createClientRig();
    const run = await client.start("times_out");
    await expect(run.result({ timeout: "10s" })).rejects.toThrow("the bank is closed");
  });

  test("is told and not thrown to whoever waits for the end alone", async () => {
    const { client } = createClientRig();
    const { runId } = await client.start("breaks");
    const { status, error } = await client.waitForEnd(runId);
    expect(status).toBe("failed");
    expect(error).toBeInstanceOf(StepFailedError);
    const echo = await client.start("echo", 5);
    expect(await client.waitForEnd(echo.runId)).toEqual({
      runId: echo.runId,
      status: "completed",
      output: 5,
    });
    await expect(client.waitForEnd("run_none")).rejects.toThrow(RunNotFoundError);
  });

  test("of a run that is not there is not found", async () => {
    const { client } = createClientRig();
    await expect(client.result("run_none")).rejects.toThrow(RunNotFoundError);
    await expect(client.result("run_none")).rejects.toMatchObject({ runId: "run_none" });
  });
});
