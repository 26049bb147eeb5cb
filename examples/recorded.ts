/**
 * Logs that were recorded once and are kept for ever.
 *
 * RL1. The code that is here today replays each log as it was recorded.
 * RL2. What a run writes today is what it wrote then: the same events in the same order.
 *
 * `RECORD=1 npx vitest run examples` records the logs that are not there yet.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Entry } from "../src/core/events.ts";
import type { AnyWorkflow } from "../src/index.ts";
import type { TestEngine } from "../src/testing/index.ts";
import { assertReplays } from "../src/testing/replay-invariants.ts";

type Tested = Pick<TestEngine<AnyWorkflow>, "store" | "clock" | "getEvents" | "checkInvariants">;
type Key = Parameters<typeof assertReplays>[1];

interface Recorded {
  key: Key;
  entries: Entry[];
}

/** Where the house stands is nobody's business. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Checks a run against the log that is kept of it, and what must hold of any run. */
export async function expectRecorded(
  engine: Tested,
  { runId, workflow }: { runId: string; workflow: AnyWorkflow },
  file: URL,
): Promise<void> {
  await engine.checkInvariants(runId);
  const head = await engine.store.runs.get(runId, engine.clock.now());
  if (!head) throw new Error(`there is no run ${runId}`);
  const entries = await engine.store.log.read(head, { from: 0 });
  const { incarnation, generation } = head;
  const recorded = { key: { runId, incarnation, ...(generation && { generation }) }, entries };
  if (process.env["RECORD"] === "1") await record(recorded, file);
  const kept = JSON.parse(await readFile(file, "utf8")) as Recorded;
  await assertReplays(workflow, kept.key, kept.entries);
  expect(storyOf(entries)).toEqual(storyOf(kept.entries));
}

/** The steps that have completed, in the order in which they did. */
export async function stepsOf(engine: Tested, runId: string): Promise<string[]> {
  const { events } = await engine.getEvents(runId);
  return events.flatMap((event) => (event.type === "step.completed" ? [event.step] : []));
}

/** A log that is there stays as it is. */
async function record({ key, entries }: Recorded, file: URL): Promise<void> {
  await mkdir(new URL(".", file), { recursive: true });
  const lines = entries.map((entry) => `  ${JSON.stringify(entry)}`.replaceAll(ROOT, ""));
  const text = `{ "key": ${JSON.stringify(key)}, "entries": [\n${lines.join(",\n")}\n] }\n`;
  await writeFile(file, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

const TOLD = new Set([
  ...["type", "command", "step", "attempt", "workflow", "hook", "channel", "shielded"],
  ...["checkpoint", "reason", "requestedBy", "status", "generation"],
]);

/** What does not differ from run to run. */
function storyOf(entries: readonly Entry[]): unknown[] {
  return entries.flatMap(({ events }) =>
    events.map((event) => {
      const fields = Object.entries(event);
      const told = fields.filter(([name]) => TOLD.has(name));
      return Object.fromEntries(told);
    }),
  );
}
