/** The code that each deployment of a scenario runs. */
import { getContext, shield, workflow } from "../../src/index.ts";
import { MAIN } from "./cast.ts";
import { channels } from "./channel-code.ts";
import { FAMILY } from "./families.ts";
import { interpret, type StepHost } from "./interpret.ts";
import { mapSteps, type Node, type StepNode } from "./program.ts";
import type { Deployment } from "./variety.ts";

/** What a deployment makes of the retries of a step. */
export function laterRetries({ retries }: StepNode): number {
  return (retries + 2) % 4;
}

/** The workflows as a process of this edition knows them. */
export function workflowsOf(
  deployment: Deployment | undefined,
  {
    edition,
    host,
    maxDurationMs,
  }: { edition: number; host: StepHost; maxDurationMs?: number | undefined },
) {
  const code = async (program: Node): Promise<string> => {
    const isMain = getContext().runId === MAIN;
    const change = isMain ? changeOf(deployment, edition) : undefined;
    if (change === "shields") return await shield(() => interpret(program, host));
    return await interpret(change ? change(program) : program, host);
  };
  const versions = versionsOf(deployment, edition);
  return ["generated", "other", FAMILY].flatMap((name) =>
    versions.map((version) =>
      workflow(name, code, { version, maxDuration: maxDurationMs, channels }),
    ),
  );
}

function versionsOf(deployment: Deployment | undefined, edition: number): string[] {
  if (deployment?.what !== "version" || edition === 0) return ["1"];
  return edition === 1 ? ["2"] : ["1", "2"];
}

function changeOf(
  deployment: Deployment | undefined,
  edition: number,
): "shields" | ((program: Node) => Node) | undefined {
  if (edition === 0) return undefined;
  switch (deployment?.what) {
    case "retries":
      return (program) => mapSteps(program, (step) => ({ ...step, retries: laterRetries(step) }));
    case "steps":
      if (edition > 1) return undefined;
      return (program) => mapSteps(program, (step) => ({ ...step, name: `other-${step.name}` }));
    case "shields":
      return edition > 1 ? undefined : "shields";
    default:
      return undefined;
  }
}
