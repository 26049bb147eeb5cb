/** The stack as `npm run package` makes it, offline, in a folder of its own. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
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
    const cli = join(ROOT, "node_modules/serverless/bin/serverless.js");
    execFileSync(process.execPath, [cli, "package", "--package", "packaged"], {
      cwd: place,
      // Without credentials, region or profile: packaging must need none.
      env: { PATH: process.env["PATH"], HOME: place, CI: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const folder = join(place, "packaged");
    const text = readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8");
    return { template: JSON.parse(text), folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
