import { ConfigurationError } from "../core/errors.ts";
import { currentScope } from "./scope.ts";

/**
 * Has the run go on under the same id as if it began now, with this input and a log of its own: its next
 * generation. The code after it is never reached. What waits for the run, cancels it or sends to it needs
 * to know nothing; what nobody has received yet is kept. It is a checkpoint: a cancellation that was asked
 * for before is delivered instead.
 *
 * @example
 * await charge(customer);
 * await sleep("30d");
 * return continueAsNew({ customer, month: month + 1 });
 * @throws InvalidInputError, SerializationError or PayloadTooLargeError for the input; TooManyChildrenError for
 *   more that live than can be carried over; CancellationError; ConfigurationError inside a shield or a step, and outside of a workflow.
 */
export async function continueAsNew<Input = undefined>(
  ...[input]: undefined extends Input ? [input?: Input] : [input: Input]
): Promise<never> {
  const scope = currentScope();
  if (scope?.kind !== "workflow") {
    const where = scope ? `in step "${scope.step}"` : "outside of a workflow";
    throw new ConfigurationError(
      `continueAsNew() was called ${where}. Call it in the workflow's code, and return what it answers.`,
    );
  }
  if (scope.shielded) {
    throw new ConfigurationError(
      "continueAsNew() was called inside a shield, which would have to end first. Call it after the shield.",
    );
  }
  await scope.host.issue({ kind: "generation", name: "continueAsNew", input }, scope);
  throw new Error("a run that goes on as new goes on here");
}
