/** The programs of the documents are type-checked as a reader's who installed the package. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What a reader has besides the package. */
const READER = fileURLToPath(new URL("reader", import.meta.url));

interface Manifest {
  exports: Record<string, string | { types: string }>;
  scripts: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
const documents = [
  ...["README.md", "ARCHITECTURE.md"],
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
].filter((path) => path.endsWith(".md"));
const places: string[] = [];

afterEach(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true });
});

/** Each on the lines where it stands in its document, so that errors point there. */
function programsIn(path: string): Record<string, string> {
  const text = readFileSync(join(ROOT, path), "utf8");
  return Object.fromEntries(
    [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ 1: program = "", index }) => {
      const linesBefore = text.slice(0, index).split("\n").length;
      return [`${basename(path, ".md")}-${linesBefore + 1}.ts`, "\n".repeat(linesBefore) + program];
    }),
  );
}

/** The entry points of the package, in its sources. */
function entryPoints(): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(manifest.exports).flatMap(([name, target]) => {
      if (typeof target === "string") return [];
      const source = target.types.replace("./dist/", "src/").replace(".d.ts", ".ts");
      return [[name.replace(".", "detent"), [join(ROOT, source)]]];
    }),
  );
}

/** What the compiler says of the programs, one line for each error. */
function errorsIn(programs: Record<string, string>): string[] {
  const place = mkdtempSync(join(tmpdir(), "detent-docs-"));
  places.push(place);
  writeFileSync(join(place, "package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(join(ROOT, "node_modules"), join(place, "node_modules"), "junction");
  for (const [name, program] of Object.entries(programs)) {
    writeFileSync(join(place, name), `${program}\nexport {};\n`);
  }
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "es2022",
      lib: ["es2023", "esnext.error"],
      module: "nodenext",
      types: ["node"],
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      paths: entryPoints(),
      rootDirs: [place, READER],
    },
    files: [join(READER, "globals.d.ts"), join(READER, "modules.d.ts"), ...Object.keys(programs)],
  };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["--project", place, "--pretty", "false"], {
    cwd: place,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => Object.hasOwn(programs, line.split("(")[0] ?? ""));
}

it("every program of the documents compiles, and one that does not is found", () => {
  const programs = Object.assign({}, ...documents.map(programsIn)) as Record<string, string>;
  expect(Object.keys(programs).length).toBeGreaterThan(3);
  const wrong = `import { createEngine } from "detent/engine";\ncreateEngine({ workflow: [] });`;
  expect(errorsIn({ ...programs, "wrong.ts": wrong })).toEqual([
    expect.stringMatching(/^wrong\.ts\(2,16\): .*'workflow' does not exist/),
  ]);
});

it.each(documents)("%s names scripts and files that there are", (path) => {
  const text = readFileSync(join(ROOT, path), "utf8");
  const scripts = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
  const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = ""]) => target);
  const folder = dirname(join(ROOT, path));
  expect(links.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
});
