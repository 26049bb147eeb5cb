/** The stack as `npm run package` makes it, offline, in a folder of its own. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildStack } from "../../infra/bundle.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface TemplateResource {
  Type: string;
  Properties: Record<string, unknown>;
  [other: string]: unknown;
}

export interface Packaged {
  template: {
    Resources: Record<string, TemplateResource>;
    Outputs: Record<string, { Value: unknown }>;
  };
  /** Holds one zip a function. */
  folder: string;
  /** Packages once more what is in serverless.yml after the change. @throws what it printed */
  packageAgain(change: (serverless: string) => string): void;
  remove(): void;
}

export async function packageStack(): Promise<Packaged> {
  const place = mkdtempSync(join(tmpdir(), "detent-stack-"));
  const remove = (): void => rmSync(place, { recursive: true });
  try {
    await buildStack(join(place, "build"));
    for (const file of ["serverless.yml", "package.json"]) {
      copyFileSync(join(ROOT, file), join(place, file));
    }
    symlinkSync(join(ROOT, "node_modules"), join(place, "node_modules"));
    runPackage(place);
    const folder = join(place, "packaged");
    const text = readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8");
    const packageAgain = (change: (serverless: string) => string): void => {
      const file = join(place, "serverless.yml");
      writeFileSync(file, change(readFileSync(file, "utf8")));
      runPackage(place);
    };
    return { template: JSON.parse(text), folder, packageAgain, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function runPackage(place: string): void {
  const cli = join(ROOT, "node_modules/serverless/bin/serverless.js");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, "package", "--package", "packaged"],
    {
      cwd: place,
      // Without credentials, region or profile: packaging must need none.
      env: { PATH: process.env["PATH"], HOME: place, CI: "true" },
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`The stack cannot be packaged:\n${stdout}${stderr}`);
}
