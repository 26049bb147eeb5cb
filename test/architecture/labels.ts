/** The labels by which clauses and invariants are named, such as `S12`. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";

export interface Labels {
  /** The files that define each label. */
  readonly defined: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where a comment refers to which labels. */
  readonly referred: readonly { path: string; label: string }[];
}

/** `S12. …` at the head of a file, or the name of an invariant: `"L3: …"`. */
const DEFINITION = /^\s*(?:\/\*\*|\*|\/\/) +([A-Z]{1,3}\d+)\. |^\s*"([A-Z]{1,3}\d+): [^"]*":?/gm;
/** `(C2, C3)` in a comment. */
const REFERENCE = /^\s*(?:\/\*\*|\*|\/\/).*?\(([A-Z]{1,3}\d+(?:, [A-Z]{1,3}\d+)*)\)/gm;

export function readLabels(root: string, folders: readonly string[]): Labels {
  const defined = new Map<string, Set<string>>();
  const referred: { path: string; label: string }[] = [];
  for (const path of folders.flatMap((folder) => modulesIn(root, folder))) {
    const text = readFileSync(join(root, path), "utf8");
    for (const [, clause, invariant] of text.matchAll(DEFINITION)) {
      const label = clause ?? invariant ?? "";
      defined.set(label, new Set(defined.get(label)).add(path));
    }
    for (const [, labels = ""] of text.matchAll(REFERENCE)) {
      referred.push(...labels.split(", ").map((label) => ({ path, label })));
    }
  }
  return { defined, referred };
}

function modulesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => posix.join(folder, name.split(sep).join("/")));
}
