import { describe, expect, test, vi } from "vitest";
import {
  CancellationError,
  IdempotencyConflictError,
  InvalidInputError,
  RunEndedError,
  RunNotFoundError,
  type RunQuery,
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
    const error = await (await client.start("breaks")).result().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(StepFailedError);
    expect(error).toMatchObject({ step: "always_breaks", attempts: 1 });
    expect(error.cause).toMatchObject({ name: "Error", message: "out of paper" });
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

  test("of a run that is not there is not found", async () => {
    const { client } = createClientRig();
    await expect(client.result("run_none")).rejects.toThrow(RunNotFoundError);
    await expect(client.result("run_none")).rejects.toMatchObject({ runId: "run_none" });
  });
});

describe("a wait", () => {
  /** The app waits 20 ms at most, and not 25 s. */
  const impatient = { retries: 0 };
  const shortened =
    (app: (url: string, init: RequestInit) => Response | Promise<Response>) =>
    (url: string, init: RequestInit) =>
      app(url.replace(/timeout=\d+/, "timeout=20"), init);

  test("is asked for again until the run has ended", async () => {
    const { client, asked, gateReached, openGate } = createClientRig(impatient, shortened);
    const { runId } = await client.start("gated");
    await gateReached;
    const cancelled = client.cancel(runId, { wait: true, timeout: "1m" });
    await vi.waitUntil(() => asked.filter((each) => each.includes("/result")).length > 2);
    openGate();
    expect(await cancelled).toEqual({ runId, outcome: "requested", status: "cancelled" });
    expect(asked.filter((each) => each.includes("/cancel"))).toHaveLength(1);
  });

  test("ends when its own time is up", async () => {
    const { client, asked, gateReached } = createClientRig(impatient, shortened);
    const { runId } = await client.start("gated");
    await gateReached;
    const waiting = client.cancel(runId, { wait: true, timeout: 90 });
    await expect(waiting).rejects.toThrow(`Run "${runId}" did not end within 90 ms`);
    expect(asked.filter((each) => each.includes("/result")).length).toBeGreaterThan(1);
    expect((await client.getRun(runId)).status).toBe("cancelling");
  });

  test("is never asked for longer than the app allows", async () => {
    const { client, asked } = createClientRig();
    const run = await client.start("echo", 1);
    await run.result({ timeout: "1h" });
    expect(asked.at(-1)).toMatch(/result\?timeout=25000$/);
  });

  test("can be given up", async () => {
    const { client } = createClientRig();
    const run = await client.start("nap");
    const gaveUp = new AbortController();
    setTimeout(() => gaveUp.abort(new Error("enough")), 20);
    await expect(client.result(run, { signal: gaveUp.signal })).rejects.toThrow("enough");
    await expect(client.getRun(run.runId, { signal: gaveUp.signal })).rejects.toThrow("enough");
  });
});

describe("a cancel", () => {
  test("tells a first request from a second, and from one that comes too late", async () => {
    const { client, asked, gateReached, openGate } = createClientRig();
    const { runId, cancel } = await client.start("gated");
    await gateReached;
    expect(await cancel({ reason: "a", requestedBy: "alice" })).toEqual({
      runId,
      outcome: "requested",
      status: "cancelling",
    });
    expect(await cancel()).toMatchObject({ outcome: "already-requested" });
    const waiting = cancel({ wait: true });
    await vi.waitUntil(() => asked.some((each) => each.includes("/result")));
    openGate();
    expect(await waiting).toEqual({
      runId,
      outcome: "already-requested",
      status: "cancelled",
    });
    expect(await cancel({ wait: true })).toEqual({
      runId,
      outcome: "already-ended",
      status: "cancelled",
    });
    expect((await client.getRun(runId)).cancellation).toMatchObject({
      reason: "a",
      requestedBy: "alice",
      requestedAt: expect.any(Date),
    });
  });

  test("passes the grace period on", async () => {
    const { client, gateReached } = createClientRig();
    const { runId } = await client.start("gated");
    await gateReached;
    await client.cancel(runId, { gracePeriod: "1h" });
    const { cancellation } = await client.getRun(runId);
    const { deadline, requestedAt } = cancellation ?? {};
    expect(Number(deadline) - Number(requestedAt)).toBe(3_600_000);
  });

  test("of all reaches every unended run that fits, and no other", async () => {
    const { client, asked } = createClientRig();
    const naps = await Promise.all([1, 2, 3].map(() => client.start("nap", undefined, TAGGED)));
    const other = await client.start("nap");
    await (await client.start("echo", 1, TAGGED)).result();
    const ended = [];
    for await (const answer of client.cancelAll({ tag: "a" }, { wait: true })) ended.push(answer);
    expect(ended.map(({ runId }) => runId).sort()).toEqual(naps.map(({ runId }) => runId).sort());
    expect(ended.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
    const lastRequest = asked.findLastIndex((each) => each.includes("/cancel"));
    expect(asked.slice(lastRequest).filter((each) => each.includes("/result"))).toHaveLength(3);
    expect((await client.getRun(other.runId)).cancellation).toBeUndefined();
  });

  test("of all with a filter that cannot be meant asks nothing of any run", async () => {
    const { client } = createClientRig();
    const odd = { createdAfter: new Date(Number.NaN) };
    await expect(client.cancelAll(odd).next()).rejects.toThrow(InvalidInputError);
  });
});

const TAGGED = { tags: ["a"] };

test("a terminate ends a run, and a second one finds it ended", async () => {
  const { client } = createClientRig();
  const { runId } = await client.start("nap");
  expect(await client.terminate(runId)).toEqual({
    runId,
    outcome: "terminated",
    status: "terminated",
  });
  expect(await client.terminate(runId)).toMatchObject({ outcome: "already-ended" });
  await expect(client.terminate("run_none")).rejects.toThrow(RunNotFoundError);
});

describe("runs", () => {
  test("are listed newest first, filtered and in pages", async () => {
    const { client } = createClientRig();
    for (const tag of ["a", "b", "a"]) await client.start("echo", tag, { tags: [tag] });
    const query: RunQuery = { workflow: "echo", tag: "a", createdAfter: new Date(0), limit: 1 };
    const first = await client.listRuns(query);
    const second = await client.listRuns({ ...query, cursor: first.cursor });
    expect([...first.runs, ...second.runs].map(({ input }) => input)).toEqual(["a", "a"]);
    expect(first.runs[0]?.createdAt).toBeInstanceOf(Date);
    expect((await client.listRuns({ status: "failed" })).runs).toEqual([]);
    await expect(client.listRuns({ limit: 0 })).rejects.toThrow(InvalidInputError);
  });

  test("have ids that need not fit into a path", async () => {
    const { client } = createClientRig();
    const runId = "a/b?c=%2F&d#e 🍋";
    await (await client.start("echo", 1, { runId })).result();
    expect(await client.getRun(runId)).toMatchObject({ runId, output: 1 });
    expect((await client.getEvents(runId)).events).toHaveLength(2);
  });

  test("show the workflows that they may be of", async () => {
    const { client } = createClientRig();
    const inputSchema = { properties: { name: { type: "string" } }, required: ["name"] };
    expect(await client.listWorkflows()).toContainEqual({
      name: "greet",
      version: "1",
      inputSchema: { type: "object", ...inputSchema },
    });
  });
});

describe("events", () => {
  test("are read from a place on, as many as wanted", async () => {
    const { client } = createClientRig();
    const run = await client.start("echo", 1);
    await run.result();
    const { events } = await client.getEvents(run.runId);
    expect(events.map(({ type }) => type)).toEqual(["workflow.started", "workflow.completed"]);
    expect(events[0]?.at).toBeInstanceOf(Date);
    expect((await client.getEvents(run.runId, { after: 0 })).events).toEqual(events.slice(1));
    expect((await client.getEvents(run.runId, { limit: 1 })).events).toEqual(events.slice(0, 1));
  });

  test("are followed to the end of the run", async () => {
    const { client, gateReached, openGate } = createClientRig();
    const { runId, cancel } = await client.start("gated");
    const types: string[] = [];
    for await (const { type } of client.followEvents(runId, { every: 5 })) {
      types.push(type);
      if (type !== "step.started") continue;
      await gateReached;
      await cancel();
      openGate();
    }
    expect(types.slice(0, 3)).toEqual([
      "workflow.started",
      "step.started",
      "cancellation.requested",
    ]);
    expect(types.at(-1)).toBe("workflow.cancelled");
  });

  test("that lie behind the end of the run are none", async () => {
    const { client } = createClientRig();
    const run = await client.start("echo", 1);
    await run.result();
    const { events } = await client.getEvents(run.runId);
    const after = events.at(-1)?.seq;
    expect(await client.followEvents(run.runId, { after }).next()).toMatchObject({ done: true });
  });

  test("are followed until that is given up", async () => {
    const { client } = createClientRig();
    const { runId } = await client.start("nap");
    const gaveUp = new AbortController();
    const read = async (): Promise<void> => {
      for await (const { type } of client.followEvents(runId, { signal: gaveUp.signal })) {
        if (type === "sleep.started") gaveUp.abort(new Error("enough"));
      }
    };
    await expect(read()).rejects.toThrow("enough");
  });
});
