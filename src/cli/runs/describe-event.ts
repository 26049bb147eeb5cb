import { isError } from "../../core/thrown.ts";
import { fieldsOf, type RunEvent } from "../../http/client/index.ts";
import { nameIn, SHOWN_KINDS } from "../../http/client/kinds.ts";
import { cut, showDuration, showTime, showValue, visible } from "../text.ts";

/** Not worth a place in a line: who claimed what, and the numbers of commands. */
const LEFT_OUT = new Set(["seq", "type", "at", "command", "claim", "lease", "startedAt"]);
/** Told by their own words. */
const TOLD: ReadonlySet<string> = new Set([
  ...Object.values(SHOWN_KINDS).flatMap(({ namedBy }) => namedBy ?? []),
  "attempt",
  "shielded",
  "cleanup",
  "begun",
  "leftBehind",
  "requestedAt",
]);

/** What an event says beside its type: `charge, attempt 2, shielded`; each field up to this width. */
export function describeEvent(event: RunEvent, width = Number.POSITIVE_INFINITY): string {
  const name = nameIn(event);
  const { attempt, shielded, begun, leftBehind } = fieldsOf(event);
  const more = Object.entries(event).flatMap(([name, field]) =>
    LEFT_OUT.has(name) || TOLD.has(name) || field === undefined
      ? []
      : [shorten(tell(name, field), width)],
  );
  return [
    ...(name === undefined ? [] : [visible(name)]),
    ...(typeof attempt === "number" && attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(shielded === true ? ["shielded"] : []),
    ...(leftBehind === true ? ["left behind while it still executed"] : []),
    ...(attempt === 0 || begun === false ? ["never awaited, so it never began"] : []),
    ...more,
  ].join(", ");
}

/** How much there is, where not all is shown. */
function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${cut(text, width)} (${text.length} characters)`;
}

function tell(name: string, field: unknown): string {
  if (typeof field === "number" && name.endsWith("Ms")) {
    return `${wordsOf(name.slice(0, -2))} ${showDuration(field)}`;
  }
  if (field instanceof Date) return `${wordsOf(name)} ${showTime(field)}`;
  if (isError(field)) return visible(`${name} ${field.name}: ${field.message}`);
  if (typeof field === "string") return `${wordsOf(name)} ${visible(field)}`;
  return `${wordsOf(name)} ${showValue(field)}`;
}

/** `retryAt` reads as `retry at`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
