import { describe, expect, it } from "vitest";
import type { Entry, LogEvent } from "../../src/core/events.ts";
import { encodeError } from "../../src/core/value.ts";
import {
  CancellationError,
  isCancellation,
  shield,
  sleep,
  step,
  workflow,
} from "../../src/index.ts";
import { createTestEngine } from "../../src/testing/index.ts";
import { brokenReplays } from "../../src/testing/replay-invariants.ts";

const charge = step("charge", async () => "charged");
const refund = step("refund", async () => "refunded");

const order = workflow("order", async () => {
  try {
    await Promise.all([charge(), sleep("1m")]);
    await sleep("1h");
    return "done";
  } catch (error) {
    if (isCancellation(error)) await shield(refund);
    throw error;
  }
});

const other = workflow("order", async () => {
  await charge();
  await refund();
});

async function cancelledOrder(): Promise<{
  key: Parameters<typeof brokenReplays>[1];
  log: Entry[];
}> {
  const engine = createTestEngine({ workflows: [order] });
  const { runId } = await engine.start(order);
  await engine.clock.advance("5m");
  await engine.cancel(runId);
  await engine.settle();
  const head = await engine.store.runs.get(runId, engine.clock.now());
  if (!head) throw new Error("the run is gone");
  return { key: head, log: await engine.store.log.read(head, { from: 0 }) };
}

/** The log up to its request, going on in another way. */
function beforeRequest(log: readonly Entry[], events: LogEvent[]): Entry[] {
  const position = log.findIndex((entry) =>
    entry.events.some(({ type }) => type === "cancellation.requested"),
  );
  const at = log[position]?.at ?? 0;
  return [...log.slice(0, position), { position, id: "other", at, events }];
}

describe("the replays of a log's prefixes", () => {
  it("find nothing in a log that its code wrote", async () => {
    const { key, log } = await cancelledOrder();
    expect(log.length).toBeGreaterThan(5);
    expect(await brokenReplays(order, key, log)).toEqual([]);
  });

  it("find code that no longer fits its log", async () => {
    const { key, log } = await cancelledOrder();
    expect((await brokenReplays(other, key, log)).join("\n")).toContain("R1");
  });

  it("find a command whose kind or shield the log has otherwise", async () => {
    const { key, log } = await cancelledOrder();
    const shielded = log.map((entry) => ({
      ...entry,
      events: entry.events.map((event) =>
        "step" in event && event.step === "refund" ? { ...event, shielded: false } : event,
      ),
    }));
    const broken = (await brokenReplays(order, key, shielded)).join("\n");
    expect(broken).toMatch(/R1: .*"refund" outside of any shield/);
  });

  it("find an open command that nobody waits for", async () => {
    const { key, log } = await cancelledOrder();
    const reopened = beforeRequest(log, [
      { type: "sleep.completed", command: 2, shielded: false },
      { type: "sleep.started", command: 2, shielded: false, until: 0 },
    ]);
    expect((await brokenReplays(order, key, reopened)).join("\n")).toContain("R3");
  });

  it("find an end that is not the code's", async () => {
    const { key, log } = await cancelledOrder();
    const early = beforeRequest(log, [{ type: "workflow.completed", output: 0 }]);
    expect((await brokenReplays(order, key, early)).join("\n")).toContain("R4");
    const completed = log.map((entry) => ({
      ...entry,
      events: entry.events.map(
        (event): LogEvent =>
          event.type === "workflow.cancelled"
            ? { type: "workflow.completed", output: event.error }
            : event,
      ),
    }));
    expect((await brokenReplays(order, key, completed)).join("\n")).toContain("R4");
  });

  it("find an end inside a shield", async () => {
    const { key, log } = await cancelledOrder();
    const cut = log.slice(0, -1);
    const error = encodeError(new CancellationError());
    cut.push({
      position: cut.length,
      id: "end",
      at: log.at(-1)?.at ?? 0,
      events: [{ type: "workflow.cancelled", error }],
    });
    expect((await brokenReplays(order, key, cut)).join("\n")).toContain("1 shields open");
  });
});
