/** How a generated program receives messages. */
import { type Channel, channel, TimeoutError } from "../../src/index.ts";
import { CHANNELS, type ChannelName, type ReceiveNode } from "./channel-node.ts";
import type { StepHost } from "./interpret.ts";

/** Takes what begins with `good`. */
const schema = {
  "~standard": {
    version: 1 as const,
    vendor: "simulation",
    validate: (value: unknown) =>
      typeof value === "string" && value.startsWith("good")
        ? { value }
        : { issues: [{ message: "must be good" }] },
  },
};

const byName: Record<ChannelName, Channel<string, unknown>> = {
  c0: channel("c0", schema),
  c1: channel("c1", schema),
};
export const channels: readonly Channel<string, unknown>[] = CHANNELS.map((name) => byName[name]);

export async function takeMessages(
  { channel: name, times, timeoutMs, iterates }: ReceiveNode,
  { complain }: StepHost,
): Promise<string> {
  const from = byName[name];
  const results: string[] = [];
  const heard = (message: string): void => {
    if (!message.startsWith(`good ${name} `)) complain(`channel ${name} gave "${message}"`);
    results.push("heard");
  };
  if (iterates && timeoutMs === undefined) {
    for await (const message of from) {
      heard(message);
      if (results.length === times) break;
    }
  } else {
    while (results.length < times) {
      try {
        heard(await from.receive({ timeout: timeoutMs }));
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        results.push("none");
      }
    }
  }
  return `(${results.join(" ")})`;
}
