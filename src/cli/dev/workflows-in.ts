import type { AnyWorkflow } from "../../authoring/workflow.ts";
import { EXIT, Failure } from "../failure.ts";

/**
 * The workflows that a module exports: each by itself, in an array called `workflows`, or as its
 * default. @throws Failure when there is none.
 */
export function workflowsIn(module: Record<string, unknown>, file: string): AnyWorkflow[] {
  const exported = Object.entries(module).flatMap(([name, value]) =>
    Array.isArray(value) && (name === "workflows" || name === "default") ? value : [value],
  );
  const found = [...new Set(exported.filter(isWorkflow))];
  if (found.length > 0) return found;
  const names = Object.keys(module).join(", ") || "nothing";
  throw new Failure(
    EXIT.failed,
    "module.empty",
    `${file} exports ${names}, and no workflow. Export one: export const order = workflow("order", async (input) => { … });`,
  );
}

/** By its shape: it may come from another copy of this package. */
function isWorkflow(value: unknown): value is AnyWorkflow {
  if (typeof value !== "object" || value === null) return false;
  const { name, version, run } = value as Partial<AnyWorkflow>;
  return (
    typeof name === "string" &&
    typeof version === "string" &&
    typeof run === "function" &&
    "maxDurationMs" in value
  );
}
