import { type Client, holdingUp, type RunEvent } from "../../http/client/index.ts";
import { waitingText } from "../../http/client/kinds.ts";
import { withProgress } from "../progress.ts";
import type { Session } from "../session.ts";
import { showDuration, visible } from "../text.ts";
import { cleanUpIn } from "./clean-up.ts";

/** Tells, on a terminal, how far a cancellation has come while the command waits for its end. */
export async function withCancelProgress<T>(
  { client, output, shell }: Session,
  runId: string,
  action: () => Promise<T>,
): Promise<T> {
  if (output.format !== "table" || shell.stderr.isTTY !== true) return await action();
  const events: RunEvent[] = [];
  const done = new AbortController();
  void collect(client, runId, events, done.signal);
  const since = performance.now();
  const line = (): string => {
    const waited = showDuration(performance.now() - since);
    return `${visible(runId)}: ${describeProgress(events)} (${waited})`;
  };
  try {
    return await withProgress(shell, line, action);
  } finally {
    done.abort();
  }
}

/** What cannot be read is not shown: the wait itself will tell what is wrong. */
async function collect(
  client: Client,
  runId: string,
  events: RunEvent[],
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.followEvents(runId, { signal, every: 250 })) {
      events.push(event);
    }
  } catch {}
}

/** How far a cancellation has come, as its log tells. */
function describeProgress(events: readonly RunEvent[]): string {
  const isDelivered = events.some(({ type }) => type === "cancellation.delivered");
  if (!isDelivered) {
    const [first] = holdingUp(events);
    if (!first) return "cancelling";
    return `${visible(waitingText(first))}${first.shielded ? ", shielded," : ""} is let finish`;
  }
  const steps = cleanUpIn(events);
  const done = steps.filter(({ endedAt }) => endedAt).length;
  const current = steps.find(({ endedAt }) => !endedAt);
  const doing = current ? `, ${visible(current.step)} is ${current.status}` : "";
  return `clean-up runs, ${done} ${done === 1 ? "step" : "steps"} done${doing}`;
}
