/** A queue that gives up, its dead-letter queue, and the functions that read both. */
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, expect, it } from "vitest";
import { type Poller, startPoller } from "../../infra/queue-poller.ts";
import {
  deadLetterHandler,
  type SqsEvent,
  type SqsHandler,
  turnHandler,
} from "../../src/adapters/lambda/index.ts";
import { createMemoryStore } from "../../src/adapters/memory/index.ts";
import { createSqsScheduler } from "../../src/adapters/sqs/index.ts";
import { DetentError } from "../../src/core/errors.ts";
import { createEngine } from "../../src/engine/index.ts";
import { step, workflow } from "../../src/index.ts";
import type { RunKey, Store } from "../../src/ports/store.ts";
import { around } from "../engine/watched-store.ts";
import { silent } from "../silent.ts";
import { openQueue, type QueueRig } from "../sqs/sqs-rig.ts";
import { until } from "../until.ts";

const A_MINUTE = { getRemainingTimeInMillis: () => 60_000 };
const pollers: Poller[] = [];
let rig: QueueRig;

afterEach(async () => {
  for (const poller of pollers.splice(0)) await poller.stop();
  await rig.stop();
});

/** A queue that gives a message up after two deliveries. */
async function openQueues(): Promise<{ turns: string; deadLetters: string }> {
  rig = await openQueue();
  const deadLetters = await rig.createQueue("dead-letters", { VisibilityTimeout: "1" });
  const { Attributes } = await rig.client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ["QueueArn"] }),
  );
  const turns = await rig.createQueue("redriven", {
    VisibilityTimeout: "1",
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: Attributes?.["QueueArn"],
      maxReceiveCount: 2,
    }),
  });
  return { turns, deadLetters };
}

/** @returns what the function was given, by body */
function serve(queueUrl: string, handler: SqsHandler): string[] {
  const bodies: string[] = [];
  const invoke = (event: SqsEvent) => {
    bodies.push(...event.Records.map(({ body }) => body));
    return handler(event, A_MINUTE);
  };
  pollers.push(startPoller({ client: rig.client, queueUrl, invoke }));
  return bodies;
}

/** Cannot read the logs of runs whose name begins with `bad`, until it is mended. */
function poisonable(): { store: Store; mend(): void } {
  let broken = true;
  const store = around(createMemoryStore(), async (name, call, [key]) => {
    if (broken && name === "log.append" && (key as RunKey).runId.startsWith("bad")) {
      throw new DetentError("store.damaged", "entry 7 is missing");
    }
    return await call();
  });
  return {
    store,
    mend() {
      broken = false;
    },
  };
}

it("a poison run ends in the dead-letter queue, says why, and goes on once it is mended", async () => {
  const { turns, deadLetters } = await openQueues();
  const { store, mend } = poisonable();
  const double = step("double", async (n: number) => n * 2);
  const doubling = workflow("doubling", async (n: number) => double(await double(n)));
  const engine = createEngine({
    workflows: [doubling],
    store,
    logger: silent,
    scheduler: createSqsScheduler({ client: rig.client, queueUrl: turns }),
  });
  const bodies = serve(turns, turnHandler(engine, { logger: silent }));
  serve(deadLetters, deadLetterHandler(engine, { logger: silent }));

  const bad = await engine.start(doubling, 1, { runId: "bad" });
  const good = await engine.start(doubling, 10, { runId: "good" });
  expect(await good.result()).toBe(40);
  const problem = await until(async () => (await engine.getRun("bad")).problem);
  expect(problem).toMatchObject({ code: "store.damaged" });
  expect(bodies.filter((body) => body === '{"runId":"bad"}')).toHaveLength(2);

  mend();
  expect(await bad.result()).toBe(4);
  expect(await engine.getRun("bad")).not.toHaveProperty("problem");
});

it("a message that is no continuation ends in the dead-letter queue, and stays there", async () => {
  const { turns, deadLetters } = await openQueues();
  const turned: string[] = [];
  const target = {
    turn: async ({ runId }: { runId: string }) => void turned.push(runId),
    reportProblem: async () => {},
  };
  serve(turns, turnHandler(target, { logger: silent }));
  const seen = serve(deadLetters, deadLetterHandler(target, { logger: silent }));
  for (const MessageBody of ["hello", '{"runId":"run_1"}']) {
    await rig.client.send(new SendMessageCommand({ QueueUrl: turns, MessageBody }));
  }
  await until(() => seen.length >= 2);
  expect(new Set(seen)).toEqual(new Set(["hello"]));
  expect(turned).toEqual(["run_1"]);
});
