import { expect, test } from "vitest";
import { codeOf, createTestApp } from "./test-app.ts";

interface Listed {
  runId: string;
  parent?: { runId: string; command: number };
}

test("the children of a run are told a page at a time, without their values", async () => {
  const app = createTestApp();
  const runId = await app.start("naps", { input: [5] });
  await app.until(runId, "suspended");
  const all: Listed[] = [];
  for (let path: string | undefined = "children?limit=2"; path !== undefined; ) {
    const { status, body } = await app.send(`/runs/${runId}/${path}`);
    expect(status).toBe(200);
    all.push(...(body["runs"] as Listed[]));
    path = body["cursor"] === undefined ? undefined : `children?limit=2&cursor=${body["cursor"]}`;
  }
  expect(all.map(({ parent }) => parent)).toEqual(
    [0, 1, 2, 3, 4].map((command) => ({ runId, command })),
  );
  for (const run of all) expect(run).not.toHaveProperty("input");
  const record = await app.send(`/runs/${all[0]?.runId}`);
  expect(record.body["parent"]).toEqual({ runId, command: 0 });
  const listed = await app.send(`/runs?parent=${runId}`);
  expect((listed.body["runs"] as Listed[]).map((run) => run.runId).sort()).toEqual(
    all.map((run) => run.runId).sort(),
  );
  expect((await app.send(`/runs?parent=${all[0]?.runId}`)).body["runs"]).toEqual([]);
});

test("what cannot be asked of children is refused", async () => {
  const app = createTestApp();
  const runId = await app.start("naps", { input: [0] });
  expect(codeOf(await app.send("/runs/nobody/children"))).toBe("run.notFound");
  for (const query of ["limit=0", "cursor=abc", "cursor=", "parent=x", "after=1"]) {
    const refused = await app.send(`/runs/${runId}/children?${query}`);
    expect({ query, status: refused.status }).toEqual({ query, status: 400 });
  }
});
