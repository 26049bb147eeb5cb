import { fixArguments } from "../../authoring/arguments.ts";
import type { Command } from "../../authoring/scope.ts";
import { SerializationError } from "../../core/errors.ts";
import type { PendingStep } from "../../core/outcome.ts";
import { callUserCode } from "../../core/user-stack.ts";

type StepCommand = Extract<Command, { kind: "step" }>;

/**
 * A step that was asked for, with its arguments as they are now.
 * @param isSettled whether what is to be fed yet settles it, so that its code is not run.
 */
export function pendingStep(
  step: StepCommand,
  place: Pick<PendingStep, "command" | "shielded" | "window" | "cleanup">,
  isSettled: boolean,
): PendingStep {
  const { kind, name, policy, fn } = step;
  const pending = { kind, name, ...place };
  if (isSettled) return { ...pending, policy, call: () => undefined };
  try {
    const args = fixArguments(step);
    return { ...pending, policy, call: () => callUserCode(fn, args()) };
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    // Nothing that another attempt could do better.
    const once = { ...policy, attempts: 1 };
    const call = (): never => {
      throw error;
    };
    return { ...pending, policy: once, call };
  }
}
