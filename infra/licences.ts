/** Whose work a bundle contains, and under which licences: they ask for that to go with it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** As esbuild tells of a bundle. */
interface Output {
  inputs: Record<string, { bytesInOutput: number }>;
}

interface Licensed {
  name: string;
  version: string;
  license: string;
  /** What it ships of its licence; many of one owner's packages leave that to the others. */
  text: string | undefined;
}

const TEXT = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/** Those of which something is left in it. */
export function bundledFiles(output: Output | undefined): string[] {
  const inputs = Object.entries(output?.inputs ?? {});
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
}

/**
 * The packages that files come from, each with the text of its licence.
 * @param files of a bundle, from `root`; those of the project itself are left out.
 * @throws Error for a package whose licence has no text in the bundle.
 */
export function licencesOf(root: string, files: readonly string[]): string {
  const folders = [...new Set(files.flatMap((file) => packageFolder(file) ?? []))].sort();
  const packages = folders.map((folder) => readPackage(join(root, folder)));
  const byText = new Map<string, string[]>();
  for (const each of packages) {
    const { name, version, license } = each;
    const text = each.text ?? packages.find((other) => isLike(each, other))?.text;
    if (text === undefined) throw new Error(`There is no text of the licence of ${name}.`);
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

/** `node_modules/@scope/name`, wherever that lies. */
function packageFolder(file: string): string | undefined {
  return /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

function readPackage(folder: string): Licensed {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Licensed;
  const { name, version, license } = manifest;
  const files = readdirSync(folder).filter((file) => TEXT.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name, version, license, text: texts.length > 0 ? texts.join("\n\n") : undefined };
}

/** Whether the other is the same owner's, under the same licence, and says what that is. */
function isLike({ name, license }: Licensed, other: Licensed): boolean {
  const scope = /^@[^/]+\//.exec(name)?.[0];
  if (scope === undefined || other.text === undefined) return false;
  return other.name.startsWith(scope) && other.license === license;
}
