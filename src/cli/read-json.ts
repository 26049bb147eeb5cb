import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { messageOf } from "../core/thrown.ts";
import { usageFailure } from "./failure.ts";
import type { Shell } from "./shell.ts";

/** The option that the value was given by, what it is called, and an example of one. */
export interface JsonOption {
  name: string;
  what: string;
  example: string;
}

/**
 * The value that was given: JSON, `@file` for a file with it, `@-` for standard input.
 * @throws Failure when there is none, or it is no JSON.
 */
export async function readJson(given: string, option: JsonOption, shell: Shell): Promise<unknown> {
  const { name, what: called, example } = option;
  const from = given.startsWith("@") ? given.slice(1) : undefined;
  const json = from === undefined ? given : await read(from, option, shell);
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    const what = from === undefined ? `The ${called} ${given}` : `What ${from} holds`;
    throw usageFailure(
      `${what} is no JSON: ${messageOf(error)}. Quote it for your shell, such as ${name} '${example}', or put it into a file and pass ${name} @file.json.`,
    );
  }
}

async function read(path: string, { name, what }: JsonOption, { stdin }: Shell): Promise<string> {
  try {
    return path === "-" ? await text(stdin) : await readFile(path, "utf8");
  } catch (error) {
    throw usageFailure(
      `The ${what} cannot be read: ${messageOf(error)}. Pass ${name} @file.json with its path.`,
    );
  }
}
