import { textOf } from "../thrown.ts";
import type { PathPart } from "./writer.ts";

const LONGEST_PART = 50;
const LONGEST_PATH = 200;
const IDENTIFIER = /^[a-zA-Z_$][a-zA-Z_$0-9]*$/;

/** The way to a part of a value, as code would go it: `.orders[2].get("a")`. Nothing for the value itself. */
export function pathText(path: readonly PathPart[]): string | undefined {
  if (path.length === 0) return undefined;
  const text = path.map(partText).join("");
  return text.length > LONGEST_PATH ? `${text.slice(0, LONGEST_PATH)}…` : text;
}

function partText(part: PathPart): string {
  if (typeof part === "object") return `.get(${keyText(part.key)})`;
  if (typeof part === "number") return `[${part}]`;
  if (typeof part === "symbol") return `[${shortened(textOf(part))}]`;
  return IDENTIFIER.test(part) ? `.${shortened(part)}` : `[${JSON.stringify(shortened(part))}]`;
}

function keyText(key: unknown): string {
  if (typeof key === "string") return JSON.stringify(shortened(key));
  return typeof key === "object" || typeof key === "function" ? "…" : shortened(textOf(key));
}

function shortened(text: string): string {
  return text.length > LONGEST_PART ? `${text.slice(0, LONGEST_PART)}…` : text;
}
