import { expect, test } from "vitest";
import { InvalidInputError, RunNotFoundError } from "../../src/http/client/index.ts";
import { createClientRig } from "./client-rig.ts";

test("the children of a run are listed as its engine lists them", async () => {
  const rig = createClientRig();
  const { runId } = await rig.client.start("naps", [3]);
  await rig.until(runId, "suspended");
  const page = await rig.client.children(runId, { limit: 2 });
  expect(page.runs.map(({ parent }) => parent)).toEqual([
    { runId, command: 0 },
    { runId, command: 1 },
  ]);
  expect(page.runs[0]?.createdAt).toBeInstanceOf(Date);
  const { runs } = await rig.client.children(runId, { cursor: page.cursor });
  expect(runs.map(({ parent }) => parent?.command)).toEqual([2]);
  const { runs: found } = await rig.client.listRuns({ parent: runId });
  expect(found.map((run) => run.runId).sort()).toEqual(
    [...page.runs, ...runs].map((run) => run.runId).sort(),
  );
  await expect(rig.client.children("nobody")).rejects.toBeInstanceOf(RunNotFoundError);
  await expect(rig.client.children(runId, { limit: 0 })).rejects.toBeInstanceOf(InvalidInputError);
});
