import { describe, expect, it } from "vitest";
import { createTestEngine } from "../../src/testing/index.ts";
import { expectRecorded, stepsOf } from "../recorded.ts";
import { cancelAtPeriodEnd, subscription, upgrade } from "./subscription.ts";

const log = (name: string) => new URL(`logs/${name}.json`, import.meta.url);

async function begin() {
  const engine = createTestEngine({ workflows: [subscription] });
  const input = { customer: "ada", plan: "basic" as const };
  const { runId } = await engine.start(subscription, input, { runId: "sub-ada" });
  await engine.clock.advance("1m");
  return { engine, runId, workflow: subscription };
}

describe("a subscription", () => {
  it("is charged month by month, each in a log of its own", async () => {
    const { engine, ...of } = await begin();
    for (let month = 2; month <= 12; month++) await engine.clock.advance("30d");
    const run = await engine.getRun(of.runId);
    expect(run).toMatchObject({ generation: 12, input: { plan: "basic", month: 12 } });
    expect(await stepsOf(engine, of.runId)).toEqual(["charge"]);
    await expectRecorded(engine, of, log("twelfth-month"));
  });

  it("that is upgraded pays for that from the next month on", async () => {
    const { engine, ...of } = await begin();
    await engine.send(of.runId, upgrade, { plan: "pro" });
    await engine.clock.advance("10d");
    expect(await engine.getRun(of.runId)).toMatchObject({ generation: 1 });
    await engine.clock.advance("25d");
    expect(await engine.getRun(of.runId)).toMatchObject({ input: { plan: "pro", month: 2 } });
    await expect(engine.send(of.runId, "upgrade", { plan: "gold" })).rejects.toMatchObject({
      code: "input.invalid",
    });
    await expectRecorded(engine, of, log("upgraded"));
  });

  it("that is to end with its period is not charged again", async () => {
    const { engine, ...of } = await begin();
    await engine.clock.advance("35d");
    await engine.send(of.runId, cancelAtPeriodEnd, "too dear");
    await engine.clock.advance("26d");
    expect(await engine.result(of.runId)).toEqual({ customer: "ada", months: 2 });
    expect(await stepsOf(engine, of.runId)).toEqual(["charge", "say_goodbye"]);
    await expectRecorded(engine, of, log("ended"));
  });

  it("that is cancelled in the middle of its third month gives that month back, and no other", async () => {
    const { engine, ...of } = await begin();
    await engine.clock.advance("70d");
    await engine.cancel(of.runId, { reason: "Ada has moved", requestedBy: "bob" });
    await engine.clock.advance("1m");
    const run = await engine.getRun(of.runId);
    expect(run).toMatchObject({ status: "cancelled", generation: 3, input: { month: 3 } });
    expect(await stepsOf(engine, of.runId)).toEqual(["charge", "refund"]);
    await expectRecorded(engine, of, log("cancelled"));
  });
});
