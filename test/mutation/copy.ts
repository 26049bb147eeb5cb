/** A copy of the project in which one file at a time is changed. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutant.ts";
import { mutated } from "./patch.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Copy {
  readonly folder: string;
  /** Puts the change in. @returns takes it out again. @throws Error if it does not apply. */
  change(mutant: Mutant): () => void;
  remove(): void;
}

export function copyProject(): Copy {
  const folder = mkdtempSync(join(tmpdir(), "detent-mutation-"));
  // What is not committed yet is of the project too; what git ignores is not.
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0");
  for (const file of files.filter(Boolean)) {
    const to = join(folder, file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(ROOT, file), to, { force: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    change(mutant) {
      const path = join(folder, mutant.file);
      const original = readFileSync(path, "utf8");
      writeFileSync(path, mutated(original, mutant));
      return () => writeFileSync(path, original);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
