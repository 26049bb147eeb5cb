import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { bundledFiles, licencesOf } from "./licences.ts";
import { resources } from "./stack/index.ts";

/** The functions, as serverless.yml names them. */
export const FUNCTIONS = ["api", "turn", "sweep", "dead-letter"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  name: FunctionName;
  path: string;
  /** Minified. */
  bytes: number;
  /** How much of that is the web page, which is no code of the function. */
  pageBytes: number;
}

/** How the SDK finds credentials where there are none in the environment. */
const DEVELOPER_CREDENTIALS = ["ini", "process", "sso", "web-identity"].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
);
const NO_CREDENTIALS = fileURLToPath(new URL("lambda-credentials.ts", import.meta.url));

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = "src/http/page";

/** Modules that stand in for those of `functions` that users change. */
export interface Deployment {
  workflows: string;
  settings: string;
}

/**
 * Bundles each function into one file with everything that it needs, the AWS SDK included, which is
 * smaller and starts faster than the one that the runtime brings; and the licences of that into one
 * beside it.
 */
export async function bundleFunctions(folder: string, deployment?: Deployment): Promise<Bundle[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    metafile: true,
    entryPoints: FUNCTIONS.map((name) => `functions/${name}.ts`),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node22",
    alias: Object.fromEntries(DEVELOPER_CREDENTIALS.map((name) => [name, NO_CREDENTIALS])),
    // The SDK's ES modules are half the size of what esbuild takes for Node by default.
    mainFields: ["module", "main"],
    plugins: deployment ? [standIn(deployment)] : [],
    legalComments: "none",
    logLevel: "warning",
  });
  return await Promise.all(
    FUNCTIONS.map(async (name) => {
      const entry = `functions/${name}.ts`;
      const { bytes, pageBytes } = measureBundle(metafile, entry, PAGE);
      const licences = licencesOf(ROOT, bundledFiles(outputOf(metafile, entry)));
      await writeFile(join(folder, `${name}.licences.txt`), licences);
      return { name, path: join(folder, `${name}.mjs`), bytes, pageBytes };
    }),
  );
}

/** The size of the bundle of an entry, and how much of it was made from the files below a folder. */
export function measureBundle(
  metafile: Metafile,
  entry: string,
  folder: string,
): { bytes: number; pageBytes: number } {
  const output = outputOf(metafile, entry);
  const below = Object.entries(output.inputs).filter(([path]) => path.startsWith(`${folder}/`));
  const pageBytes = below.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return { bytes: output.bytes, pageBytes };
}

function outputOf({ outputs }: Metafile, entry: string): Metafile["outputs"][string] {
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint === entry);
  if (output) return output;
  throw new Error(`Nothing was bundled from ${entry}`);
}

function standIn(deployment: Deployment): Plugin {
  return {
    name: "deployment",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/(workflows|settings)\.ts$/ }, ({ path, importer }) => {
        if (!importer.startsWith(join(ROOT, "functions"))) return undefined;
        return { path: path === "./workflows.ts" ? deployment.workflows : deployment.settings };
      });
    },
  };
}

/** Writes all that serverless.yml refers to. */
export async function buildStack(folder = join(ROOT, "build")): Promise<Bundle[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "resources.json"), JSON.stringify(resources, null, 2));
  return await bundleFunctions(functionsIn(folder));
}

/** The bundles alone, over those that are there: what runs of them is not disturbed. */
export async function buildFunctions(): Promise<Bundle[]> {
  return await bundleFunctions(functionsIn(join(ROOT, "build")));
}

function functionsIn(folder: string): string {
  return join(folder, "functions");
}
