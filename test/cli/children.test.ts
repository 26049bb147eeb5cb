/** `detent runs children` against a live app. */
import { expect, test } from "vitest";
import { openLiveApp } from "./live-app.ts";
import { useShell } from "./shell-process.ts";

const run = useShell();

interface Listed {
  runId: string;
  children?: Listed[];
  more?: true;
}

test("children are listed, found by their parent, and say whose they are", async () => {
  const { shell, json, start, until } = await openLiveApp(run);
  const runId = await start("naps", { input: [3] });
  await until(runId, "suspended");
  const listed = await json("runs", "children", runId);
  expect(listed.code).toBe(0);
  const runs = listed.body["runs"] as Listed[];
  expect(runs).toHaveLength(3);
  expect(runs[0]).toMatchObject({ workflow: "nap", parent: { runId, command: 0 } });
  const plain = await shell("runs", "children", runId, "-o", "plain");
  expect(plain.stdout.split("\n").map((line) => line.split("\t")[0])).toEqual([
    ...runs.map((each) => each.runId),
    "",
  ]);
  const first = await shell("runs", "children", runId, "--limit", "2");
  const [, cursor = ""] = /--cursor (\S+)/.exec(first.stderr) ?? [];
  const rest = await shell("runs", "children", runId, "--cursor", cursor, "-o", "plain");
  expect(rest.stdout.split("\t")[0]).toBe(runs[2]?.runId);

  const found = await shell("runs", "list", "--parent", runId, "-o", "plain");
  expect(found.stdout.trim().split("\n")).toHaveLength(3);
  const status = await shell("runs", "status", String(runs[0]?.runId));
  expect(status.stdout).toMatch(new RegExp(`Parent +${runId}`));
  expect((await shell("runs", "children", String(runs[0]?.runId))).stdout).toContain(
    "has no children",
  );
  const steered = await json("runs", "cancel", "--all", "--parent", runId, "--yes");
  expect(steered.body["runs"]).toHaveLength(3);
  expect((await shell("runs", "children", "nobody")).code).toBe(3);
});

test("a family is drawn as a tree, to a depth", async () => {
  const { shell, json, start, until } = await openLiveApp(run);
  const runId = await start("naps", { input: [2, 2, 1] });
  await until(runId, "suspended");
  const wholeTree = async () => (await json("runs", "children", runId, "--tree")).body;
  let tree = await wholeTree();
  const leaves = () => JSON.stringify(tree).match(/"workflow":"nap"/g)?.length;
  while (leaves() !== 4) tree = await wholeTree();
  expect(tree).toMatchObject({
    runId,
    workflow: "naps",
    children: [{ children: [{ children: [{ workflow: "nap", children: [] }] }, {}] }, {}],
  });
  expect(tree).not.toHaveProperty("input");

  const drawn = await shell("runs", "children", runId, "--tree", "--depth", "2", "--limit", "1");
  const lines = drawn.stdout.trimEnd().split("\n");
  expect(lines.slice(1).map((line) => line.slice(0, 6).trimEnd().replace(/\w.*/, ""))).toEqual(
    ["", "├─", "│  ├─", "│  └─", "└─"].map((each) => expect.stringContaining(each)),
  );
  expect(lines.at(-1)).toBe("└─ and more");
  const plain = await shell("runs", "children", runId, "--tree", "-o", "plain");
  const depths = plain.stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0]);
  expect(depths.sort().join("")).toBe("01122223333");
  const refusals = [
    ["--tree", "--cursor", "5"],
    ["--depth", "2"],
    ["--tree", "--depth", "17"],
  ];
  for (const options of refusals) {
    expect((await shell("runs", "children", runId, ...options)).code).toBe(2);
  }
});
