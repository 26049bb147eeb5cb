import { setTimeout as pause } from "node:timers/promises";
import type { Shop } from "./shop.ts";

/** One event of a run's log, as the app shows it. */
export interface LogLine {
  seq: number;
  type: string;
  at: string;
  step?: string;
  attempt?: number;
  shielded?: boolean;
  checkpoint?: string;
  reason?: string;
  requestedBy?: string;
}

const LOOK_EVERY_MS = 40;
const LONGEST_MS = 60_000;

/** Follows a run's log over HTTP and tells what happens, until the run has ended. */
export async function narrate(
  shop: Shop,
  runId: string,
  react: (line: LogLine) => Promise<void> = async () => {},
): Promise<LogLine[]> {
  const log: LogLine[] = [];
  const giveUp = Date.now() + LONGEST_MS;
  for (;;) {
    for (const line of await shop.events(runId, log.at(-1)?.seq)) {
      log.push(line);
      const told = tell(line);
      if (told) console.log(told);
      await react(line);
      if (ENDS.has(line.type)) return log;
    }
    if (Date.now() > giveUp) throw new Error(`Run ${runId} has not ended after ${LONGEST_MS} ms.`);
    await pause(LOOK_EVERY_MS);
  }
}

const ENDS = new Set([
  "workflow.completed",
  "workflow.failed",
  "workflow.cancelled",
  "workflow.terminated",
]);

function tell(line: LogLine): string | undefined {
  const { type, step, shielded, checkpoint, reason, requestedBy } = line;
  const where = shielded ? "  ⛨ " : "    ";
  switch (type) {
    case "step.started":
      return `${where}${step} …`;
    case "step.completed":
      return `${where}${step} done`;
    case "step.failed":
    case "step.retrying":
    case "step.cancelled":
      return `${where}${step} ${type.slice("step.".length)}`;
    case "cancellation.requested":
      return `  ✋ cancellation requested by ${requestedBy}: ${reason}`;
    case "cancellation.delivered":
      return `  ⚓ it lands at the checkpoint: ${checkpoint}`;
    default:
      return ENDS.has(type) ? `  ■ ${type}` : undefined;
  }
}
