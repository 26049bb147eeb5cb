import { describe, expect, test } from "vitest";
import { InvalidInputError, type RunQuery } from "../../src/http/client/index.ts";
import { createClientRig } from "./client-rig.ts";

describe("runs", () => {
  test("are listed newest first, filtered and in pages", async () => {
    const { client } = createClientRig();
    for (const tag of ["a", "b", "a"]) await client.start("echo", tag, { tags: [tag] });
    const query: RunQuery = { workflow: "echo", tag: "a", createdAfter: new Date(0), limit: 1 };
    const first = await client.listRuns(query);
    const second = await client.listRuns({ ...query, cursor: first.cursor });
    const runs = [...first.runs, ...second.runs];
    for (const { runId } of runs) expect(await client.getRun(runId)).toMatchObject({ input: "a" });
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
    expect(await client.listWorkflows()).toContainEqual(
      expect.objectContaining({ name: "greet", version: "1" }),
    );
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
      const { signal } = gaveUp;
      for await (const { type } of client.followEvents(runId, { signal, every: 5 })) {
        if (type === "sleep.started") gaveUp.abort(new Error("enough"));
      }
    };
    await expect(read()).rejects.toThrow("enough");
  });
});
