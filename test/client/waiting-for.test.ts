import { expect, test } from "vitest";
import { holdingUp, waitingFor } from "../../src/http/client/index.ts";
import { isCancellation, RetryableError, shield, sleep, step, workflow } from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";

const HOUR = 3_600_000;

/** What a run of this code waits for, a while after its start. */
async function afterAWhile(code: () => Promise<unknown>, how: { startIn?: number } = {}) {
  const flow = workflow("flow", code);
  const engine = createTestEngine({ workflows: [flow] });
  const now = engine.clock.now();
  const startAt = how.startIn === undefined ? undefined : new Date(now + how.startIn);
  const { runId } = await engine.start(flow, undefined, { startAt });
  await engine.clock.advance("1m");
  const look = async () => waitingFor((await engine.getEvents(runId)).events);
  return { engine, runId, look, now, waiting: await look() };
}

test("a run that sleeps waits for the end of that, and then for nothing", async () => {
  const { waiting, now, engine, look } = await afterAWhile(() => sleep("1h"));
  expect(waiting).toEqual([
    { kind: "sleep", since: new Date(now), until: new Date(now + HOUR), shielded: false },
  ]);
  await engine.clock.advance("1h");
  expect(await look()).toEqual([]);
});

test("a step that executes is waited for, and one that is to be tried again until then", async () => {
  const hangs = step("hangs", () => new Promise(() => {}), { timeout: "1d" });
  expect((await afterAWhile(() => hangs())).waiting).toMatchObject([
    { kind: "step", step: "hangs", attempt: 1, shielded: false },
  ]);
  const later = step("later", () => Promise.reject(new RetryableError("-", { retryAfter: "2h" })));
  const { waiting, now } = await afterAWhile(() => later());
  expect(waiting).toMatchObject([
    { kind: "retry", step: "later", attempt: 1, until: new Date(now + 2 * HOUR) },
  ]);
});

test("of many commands those are named that are open", async () => {
  const quick = step("quick", async () => 1);
  const hangs = step("hangs", () => new Promise(() => {}), { timeout: "1d" });
  const { waiting } = await afterAWhile(() => Promise.all([quick(), hangs(), sleep("1h")]));
  expect(waiting.map(({ kind, step: name }) => [kind, name])).toEqual([
    ["step", "hangs"],
    ["sleep", undefined],
  ]);
});

test("a run that was given a time waits for its start", async () => {
  const { waiting, now } = await afterAWhile(async () => 1, { startIn: HOUR });
  expect(waiting).toEqual([
    { kind: "start", since: new Date(now), until: new Date(now + HOUR), shielded: false },
  ]);
});

test("what a cancellation has settled is not waited for, and its clean-up is", async () => {
  const tidy = step("tidy", () => new Promise(() => {}), { timeout: "1d" });
  const { engine, runId, look } = await afterAWhile(async () => {
    try {
      await sleep("1h");
    } catch (error) {
      if (isCancellation(error)) await shield(() => tidy());
    }
  });
  await engine.cancel(runId);
  await engine.clock.advance("1m");
  expect(await look()).toMatchObject([{ kind: "step", step: "tidy", shielded: true }]);
  await engine.terminate(runId);
  expect(await look()).toEqual([]);
});

test("a delivery is held up by what executes and by all that was begun in a shield", async () => {
  const hangs = (name: string) => step(name, () => new Promise(() => {}), { timeout: "1d" });
  const { engine, runId } = await afterAWhile(() =>
    Promise.all([
      ...[hangs("charge")(), sleep("1h")],
      shield(() => Promise.all([sleep("2h"), hangs("bill")()])),
    ]),
  );
  await engine.cancel(runId);
  const { events } = await engine.getEvents(runId);
  expect(holdingUp(events).map(({ kind, step: name }) => [kind, name])).toEqual([
    ["step", "charge"],
    ["sleep", undefined],
    ["step", "bill"],
  ]);
});
