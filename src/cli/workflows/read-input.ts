import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { messageOf } from "../../core/thrown.ts";
import { usageFailure } from "../failure.ts";
import type { Shell } from "../shell.ts";

/**
 * The input that was given: JSON, `@file` for a file with it, `@-` for standard input.
 * @throws Failure when there is none, or it is no JSON.
 */
export async function readInput(given: string, shell: Shell): Promise<unknown> {
  const from = given.startsWith("@") ? given.slice(1) : undefined;
  const json = from === undefined ? given : await read(from, shell);
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    const what = from === undefined ? `The input ${given}` : `What ${from} holds`;
    throw usageFailure(
      `${what} is no JSON: ${messageOf(error)}. Quote it for your shell, such as --input '{"orderId":"123"}', or put it into a file and pass --input @file.json.`,
    );
  }
}

async function read(path: string, { stdin }: Shell): Promise<string> {
  try {
    return path === "-" ? await text(stdin) : await readFile(path, "utf8");
  } catch (error) {
    throw usageFailure(
      `The input cannot be read: ${messageOf(error)}. Pass --input @file.json with its path.`,
    );
  }
}
