/** How a generated program waits for somebody outside. */
import { hook } from "../../src/index.ts";
import type { HookNode } from "./hook-node.ts";
import type { StepHost } from "./interpret.ts";
import type { Node, StepNode } from "./program.ts";

interface Means {
  host: StepHost;
  run(node: Node): Promise<string>;
  /** Calls a step, which does something besides. */
  give(step: StepNode, besides: () => void): Promise<string>;
}

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

export async function takePayload(
  { name, timeoutMs, given, meanwhile }: HookNode,
  { host, run, give }: Means,
): Promise<string> {
  const asked = hook(name, { schema, timeout: timeoutMs });
  const tell = (): void => host.gave(name, asked.token);
  const results: string[] = [];
  if (given === "code") tell();
  else if (given !== "list") results.push(await give(given, tell));
  if (meanwhile) results.push(await run(meanwhile));
  const payload = await asked;
  if (!payload.startsWith(`good ${name} `)) host.complain(`hook ${name} got "${payload}"`);
  return `(${[...results, name].join(" ")})`;
}
