/** Reads which module imports which, from the syntax tree: no compiler, no configuration. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  /** From the root for a module of the tree (`src/core/run.ts`), else as written (`hono`). */
  readonly target: string;
  readonly local: boolean;
  /** `import type` and the like: nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface Module {
  readonly path: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript module in these folders of `root`. A folder that is not there holds none. */
export function readModules(root: string, folders: readonly string[]): Module[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
        .map((name) => posix.join(folder, name.split(sep).join("/"))),
    )
    .sort()
    .map((path) => readModule(root, path));
}

function readModule(root: string, path: string): Module {
  const { program, errors } = parseSync(path, readFileSync(join(root, path), "utf8"));
  const [error] = errors;
  if (error) throw new Error(`${path} cannot be read: ${error.message}`);

  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const local = specifier.startsWith(".");
    const target = local ? posix.join(posix.dirname(path), specifier) : specifier;
    imports.push({ target, local, typeOnly });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source.value, node.importKind === "type"),
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === "type"),
    ExportNamedDeclaration(node) {
      if (node.source) add(node.source.value, node.exportKind === "type");
    },
    ImportExpression(node) {
      // What is computed at run time (a user's module) is nobody's dependency.
      if (node.source.type === "Literal") add(String(node.source.value), false);
    },
    TSImportType: (node) => add(node.source.value, true),
  }).visit(program);
  return { path, imports };
}
