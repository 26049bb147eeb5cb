import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { usageFailure } from "../failure.ts";

const NAMES = ["src/workflows", "workflows", "src/workflows/index", "workflows/index"];
const ENDINGS = [".ts", ".mts", ".js", ".mjs"];

/** The module with the user's workflows. @throws Failure when it is not there. */
export function findModule(folder: string, given: string | undefined): string {
  if (given !== undefined) {
    const path = resolve(folder, given);
    if (isFile(path)) return path;
    throw usageFailure(`There is no file ${path}. Give --module the file with your workflows.`);
  }
  const candidates = NAMES.flatMap((name) => ENDINGS.map((ending) => name + ending));
  const found = candidates.find((name) => isFile(resolve(folder, name)));
  if (found !== undefined) return resolve(folder, found);
  throw usageFailure(
    `There is no module with workflows in ${folder}: neither ${NAMES.join(".ts, ")}.ts, nor their like in JavaScript. Write src/workflows.ts, or give --module the file.`,
  );
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
