import { describe, expect, it } from "vitest";
import { type Retry, type SqsEvent, turnHandler } from "../../src/adapters/lambda/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createEngine } from "../../src/engine/index.ts";
import { step, workflow } from "../../src/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Continuation, Message } from "../../src/ports/scheduler.ts";
import type { TaskClaim } from "../../src/ports/store.ts";
import { around } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";

const A_MINUTE = { getRemainingTimeInMillis: () => 60_000 };

function eventOf(...bodies: unknown[]): SqsEvent {
  const text = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));
  return { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body: text(body) })) };
}

function failures(...messageIds: string[]) {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}

describe("the turn handler", () => {
  it("works on every record, and reports those that failed", async () => {
    const turned: Continuation[] = [];
    const turn = async (continuation: Continuation): Promise<void> => {
      turned.push(continuation);
      if (continuation.runId.startsWith("bad")) throw new Error("no");
    };
    const handler = turnHandler({ turn }, { logger: silent });
    const bodies = [{ runId: "good" }, { runId: "bad", task: 1 }, { runId: "fine", claim: "c" }];
    expect(await handler(eventOf(...bodies), A_MINUTE)).toEqual(failures("m1"));
    expect(turned).toEqual(bodies);
  });

  it("reports what is no continuation, says so with a code, and works on the rest", async () => {
    const lines: unknown[] = [];
    const logger: Logger = { ...silent, error: (_, fields) => lines.push(fields) };
    const turned: string[] = [];
    const turn = async ({ runId }: Continuation): Promise<void> => {
      turned.push(runId);
    };
    const handler = turnHandler({ turn }, { logger });
    const event = eventOf("hello", { runId: "run_1" }, { run: "run_1" }, "");
    expect(await handler(event, A_MINUTE)).toEqual(failures("m0", "m2", "m3"));
    expect(turned).toEqual(["run_1"]);
    expect(lines).toMatchObject([
      { messageId: "m0", code: "input.invalid" },
      { messageId: "m2", code: "input.invalid" },
      { messageId: "m3", code: "input.invalid" },
    ]);
  });

  it("works on the records of a batch at once", async () => {
    let arrived = 0;
    let meet = (): void => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const turn = async (): Promise<void> => {
      arrived += 1;
      if (arrived === 3) meet();
      await met;
    };
    const handler = turnHandler({ turn });
    expect(
      await handler(eventOf({ runId: "a" }, { runId: "b" }, { runId: "c" }), A_MINUTE),
    ).toEqual(failures());
  });

  it("tells a turn how long the function may still run, less a margin", async () => {
    let left = 30_000;
    const told: (number | undefined)[] = [];
    const handler = turnHandler(
      {
        turn: async (_, options) => {
          told.push(options?.remainingMs?.());
          left = 400;
          told.push(options?.remainingMs?.());
        },
      },
      { margin: "2s" },
    );
    await handler(eventOf({ runId: "a" }), { getRemainingTimeInMillis: () => left });
    expect(told).toEqual([28_000, 0]);
  });

  it("hands back what is not done when the time is up, and only that", async () => {
    let fire = (): void => {};
    let timersLeft = 0;
    const clock = {
      now: () => 0,
      after(delayMs: number, callback: () => void) {
        expect(delayMs).toBe(59_000);
        fire = callback;
        timersLeft += 1;
        return () => {
          timersLeft -= 1;
        };
      },
    };
    const turn = async ({ runId }: Continuation): Promise<void> => {
      if (runId === "quick") return;
      queueMicrotask(fire);
      await new Promise(() => {});
    };
    const handler = turnHandler({ turn }, { clock, logger: silent });
    const event = eventOf({ runId: "quick" }, { runId: "endless" });
    expect(await handler(event, A_MINUTE)).toEqual(failures("m1"));
    expect(timersLeft).toBe(0);
  });
});

describe("the turn handler over an engine", () => {
  function open() {
    const sent: Message[] = [];
    const calls: string[] = [];
    const call = step("call", async (name: string) => {
      calls.push(name);
      return name;
    });
    const pair = workflow("pair", async () => await Promise.all([call("a"), call("b")]));
    const store = createMemoryStore();
    const engine = createEngine({
      workflows: [pair],
      store,
      logger: silent,
      clock: { now: () => 1_000_000, after: () => () => {} },
      scheduler: {
        send: async (messages) => {
          sent.push(...messages);
        },
      },
    });
    const takeSent = (): Continuation[] => sent.splice(0).map(({ continuation }) => continuation);
    return { engine, store, calls, takeSent, handler: turnHandler(engine, { logger: silent }) };
  }

  it("takes turns of one run in one batch, duplicates among them, and does each step once", async () => {
    const { engine, calls, takeSent, handler } = open();
    const run = await engine.start("pair");
    for (let batch = takeSent(); batch.length > 0; batch = takeSent()) {
      expect(await handler(eventOf(...batch, ...batch), A_MINUTE)).toEqual(failures());
    }
    expect(calls.sort()).toEqual(["a", "b"]);
    expect(await run.result()).toEqual(["a", "b"]);
  });

  it("claims a step for no longer than the function runs", async () => {
    const { engine, store, takeSent, handler } = open();
    const { runId } = await engine.start("pair");
    await handler(eventOf(...takeSent()), A_MINUTE);
    const head = await store.runs.get(runId, 0);
    if (!head) throw new Error("no head");
    const leases: (number | undefined)[] = [];
    const spied = around(store, async (name, call, args) => {
      if (name === "tasks.claim") leases.push((args[2] as TaskClaim).lease);
      return await call();
    });
    const other = createEngine({
      workflows: engine.workflows,
      store: spied,
      scheduler: { send: async () => {} },
      clock: { now: () => 1_000_000, after: () => () => {} },
      logger: silent,
    });
    await turnHandler(other)(eventOf({ runId, task: 0 }), A_MINUTE);
    expect(leases).toEqual([1_000_000 + 59_000]);
  });

  it("is done with a run that is not there", async () => {
    const { handler } = open();
    expect(await handler(eventOf({ runId: "run_none" }), A_MINUTE)).toEqual(failures());
  });
});

describe("what failed", () => {
  const turn = async ({ runId }: Continuation): Promise<void> => {
    if (runId.startsWith("bad")) throw new Error("no");
  };
  const record = (runId: string, deliveries: number) => ({
    messageId: runId,
    body: JSON.stringify({ runId }),
    receiptHandle: `handle of ${runId}`,
    attributes: { ApproximateReceiveCount: String(deliveries) },
  });

  it("comes again soon, the longer the more often it came", async () => {
    const asked: (readonly Retry[])[] = [];
    const retries = async (messages: readonly Retry[]) => void asked.push(messages);
    const handler = turnHandler({ turn }, { logger: silent, retries });
    const Records = [record("bad", 1), record("good", 1), record("bad too", 3), record("bad!", 9)];
    expect(await handler({ Records }, A_MINUTE)).toEqual(failures("bad", "bad too", "bad!"));
    expect(asked).toEqual([
      [
        { receiptHandle: "handle of bad", afterMs: 2_000 },
        { receiptHandle: "handle of bad too", afterMs: 8_000 },
        { receiptHandle: "handle of bad!", afterMs: 60_000 },
      ],
    ]);
  });

  it("is reported all the same when that cannot be asked for, and nothing is asked for nothing", async () => {
    const lines: string[] = [];
    const logger: Logger = { ...silent, warn: (message) => lines.push(message) };
    let asked = 0;
    const retries = async () => {
      asked += 1;
      throw new Error("throttled");
    };
    const handler = turnHandler({ turn }, { logger, retries });
    expect(await handler({ Records: [record("good", 1)] }, A_MINUTE)).toEqual(failures());
    expect(asked).toBe(0);
    expect(await handler({ Records: [record("bad", 1)] }, A_MINUTE)).toEqual(failures("bad"));
    expect(lines).toEqual(["What failed comes again only when the queue says"]);
  });
});
