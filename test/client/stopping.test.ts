import { describe, expect, test, vi } from "vitest";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { StoreDamagedError } from "../../src/core/errors.ts";
import { InvalidInputError, RunNotFoundError } from "../../src/http/client/index.ts";
import { around, shifting } from "../engine/watched-store.ts";
import { createClientRig } from "./client-rig.ts";

const PATIENTLY = { timeout: 10_000, interval: 5 };

test("a wake has a run looked at, and says when there is none, or when it has ended", async () => {
  const { client } = createClientRig();
  const run = await client.start("nap");
  expect(await client.wake(run.runId)).toMatchObject({ runId: run.runId, outcome: "woken" });
  await client.terminate(run.runId);
  expect(await client.wake(run.runId)).toEqual({
    runId: run.runId,
    outcome: "already-ended",
    status: "terminated",
  });
  await expect(client.wake("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
  expect((await client.listRuns({ problem: true })).runs).toEqual([]);
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
    await vi.waitUntil(
      () => asked.filter((each) => each.includes("/result")).length > 2,
      PATIENTLY,
    );
    openGate();
    expect(await cancelled).toEqual({ runId, outcome: "requested", status: "cancelled" });
    expect(asked.filter((each) => each.includes("/cancel"))).toHaveLength(1);
  });

  test("ends when its own time is up", async () => {
    const { client, asked, gateReached } = createClientRig(impatient, shortened);
    const { runId } = await client.start("gated");
    await gateReached;
    const waiting = client.cancel(runId, { wait: true, timeout: "1s" });
    await expect(waiting).rejects.toThrow(`Run "${runId}" did not end within 1000 ms`);
    // How often depends on how fast the machine is; for how long does not.
    const waits = asked.flatMap((each) => /\/result\?timeout=(\d+)$/.exec(each)?.[1] ?? []);
    expect(waits.length).toBeGreaterThan(0);
    expect(waits.map(Number).filter((ms) => ms > 1_000)).toEqual([]);
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
    await vi.waitUntil(() => asked.some((each) => each.includes("/result")), PATIENTLY);
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
    const { client } = createClientRig();
    const { runId } = await client.start("nap");
    await client.cancel(runId, { gracePeriod: "1h", wait: true });
    const { cancellation } = await client.getRun(runId);
    const { deadline, deliveredAt } = cancellation ?? {};
    expect(Number(deadline) - Number(deliveredAt)).toBe(3_600_000);
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

  test("of all reaches runs that are never in the status that is just looked for", async () => {
    const { client } = createClientRig({}, undefined, shifting(createMemoryStore()));
    const naps = await Promise.all([1, 2, 3].map(() => client.start("nap")));
    await vi.waitUntil(
      async () => (await client.listRuns({ status: "pending" })).runs.length === 0,
      PATIENTLY,
    );
    const asked: string[] = [];
    for await (const { runId } of client.cancelAll({})) asked.push(runId);
    expect(asked.sort()).toEqual(naps.map(({ runId }) => runId).sort());
  });

  test("of all that meets a damaged run asks the others, and says so when all were asked", async () => {
    let damaged = "";
    const store = around(createMemoryStore(), async (name, call, [run]) => {
      const runId = name === "runs.get" ? run : Object(run).runId;
      if (runId === damaged) throw new StoreDamagedError("Its head", "torn");
      return await call();
    });
    const { client } = createClientRig({}, undefined, store);
    const startAt = new Date(Date.now() + 3_600_000);
    const naps = await Promise.all(
      [1, 2, 3].map(() => client.start("nap", undefined, { startAt })),
    );
    const [first = "", bad = "", last = ""] = naps.map(({ runId }) => runId);
    damaged = bad;
    const asked: string[] = [];
    const cancelAll = async (): Promise<void> => {
      for await (const { runId } of client.cancelAll({})) asked.push(runId);
    };
    await expect(cancelAll()).rejects.toMatchObject({ code: "store.damaged" });
    await expect(client.getRun(bad)).rejects.toThrow("cannot be read");
    expect(asked.sort()).toEqual([first, last].sort());
  });

  test("of all that meets a slow run ends the others, and says so when all were asked", async () => {
    const { client, gateReached } = createClientRig();
    const slow = await client.start("gated");
    await gateReached;
    const nap = await client.start("nap");
    const ended: string[] = [];
    const cancelAll = async (): Promise<void> => {
      for await (const { runId } of client.cancelAll({}, { wait: true, timeout: "1s" })) {
        ended.push(runId);
      }
    };
    await expect(cancelAll()).rejects.toThrow(`Run "${slow.runId}" did not end within 1000 ms`);
    expect(ended).toEqual([nap.runId]);
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
  expect(await client.terminate(runId, { reason: "on fire", requestedBy: "bob" })).toEqual({
    runId,
    outcome: "terminated",
    status: "terminated",
  });
  expect((await client.getRun(runId)).termination).toEqual({
    reason: "on fire",
    requestedBy: "bob",
    at: expect.any(Date),
  });
  expect(await client.terminate(runId)).toMatchObject({ outcome: "already-ended" });
  await expect(client.terminate("run_none")).rejects.toThrow(RunNotFoundError);
});
