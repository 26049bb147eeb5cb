import { fieldOf, isError, textIn, textOf } from "../thrown.ts";
import { DetentError } from "./detent-error.ts";

/** A step threw something that is not an `Error`; `thrown` is that value. */
export class NonErrorThrownError extends DetentError<"step.threwNonError"> {
  readonly thrown: unknown;

  constructor(thrown: unknown, where: string) {
    super(
      "step.threwNonError",
      `${where} threw ${describe(thrown)}, which is not an Error. Throw an Error, so that it has a message and a stack.`,
    );
    this.thrown = thrown;
  }
}

/** What was thrown, as an error. Never throws. */
export function asError(thrown: unknown, where: string): Error {
  return isError(thrown) ? thrown : new NonErrorThrownError(thrown, where);
}

const LONGEST = 200;

function describe(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, LONGEST))}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return textOf(value).slice(0, LONGEST);
  const type = textIn(fieldOf(value, "constructor"), "name") ?? "Object";
  return `an object of type ${type.slice(0, LONGEST)}`;
}
