import { randomUUID } from "node:crypto";
import { LOCAL_REGION } from "../local-queue.ts";

/**
 * Fires a function at a rate, as a rule of EventBridge does: whether or not the last call has ended.
 * @returns stops it.
 */
export function startSchedule(
  everyMs: number,
  invoke: (event: unknown) => Promise<unknown>,
): () => void {
  const timer = setInterval(() => {
    // What the function threw, its output tells; the next call is the retry.
    invoke(scheduledEvent()).catch(() => {});
  }, everyMs);
  return () => clearInterval(timer);
}

function scheduledEvent(): unknown {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "000000000000",
    time: new Date().toISOString(),
    region: LOCAL_REGION,
    resources: [],
    detail: {},
  };
}
