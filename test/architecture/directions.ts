/** Who may import whom. A layer may always import from itself. */
import type { Import, Module } from "./modules.ts";

interface Layer {
  /** A folder or a file. The longest one that holds a module is the module's layer. */
  readonly at: string;
  readonly may: readonly string[];
  /** May be imported for their types only. */
  readonly mayTypes?: readonly string[];
}

const ENGINE_SIDE = ["src/core", "src/ports", "src/platform", "src/authoring", "src/engine"];

const LAYERS: readonly Layer[] = [
  { at: "src/core", may: [] },
  { at: "src/ports", may: ["src/core"] },
  // What there is in any process: its clock, its event loop, its memory as a queue, its console as a log.
  { at: "src/platform", may: ["src/core", "src/ports"] },
  { at: "src/authoring", may: ["src/core", "src/ports", "src/platform"] },
  { at: "src/engine", may: ["src/core", "src/ports", "src/platform", "src/authoring"] },
  ...["lambda", "local", "memory", "telemetry"].map((adapter) => ({
    at: `src/adapters/${adapter}`,
    may: ["src/core", "src/ports", "src/platform"],
  })),
  // What the adapters of AWS services have in common.
  { at: "src/adapters/aws", may: ["src/core"] },
  ...["dynamodb", "sqs"].map((adapter) => ({
    at: `src/adapters/${adapter}`,
    may: ["src/core", "src/ports", "src/platform", "src/adapters/aws"],
  })),
  { at: "src/http", may: [...ENGINE_SIDE, "src/http/protocol", "src/http/page/assets.ts"] },
  // What both sides of a request go by.
  { at: "src/http/protocol", may: ["src/core"] },
  {
    at: "src/http/client",
    may: ["src/core", "src/http/protocol"],
    mayTypes: ["src/authoring", "src/engine", "src/http"],
  },
  {
    at: "src/cli",
    may: ["src/core", "src/http/client", "src/http/protocol", "src/cli/dev", "src/cli/dynamodb"],
  },
  // What does not speak to an app: `detent dev` is one, and `table create` makes what one needs.
  {
    at: "src/cli/dev",
    may: [...ENGINE_SIDE, "src/adapters/local", "src/adapters/memory", "src/http", "src/cli"],
  },
  {
    at: "src/cli/dynamodb",
    may: ["src/core", "src/adapters/dynamodb", "src/cli"],
    mayTypes: ["src/ports"],
  },
  { at: "src/dashboard", may: ["src/http/client", "src/core/bounds.ts"] },
  // Generated: text, as the app serves it.
  { at: "src/http/page/assets.ts", may: [] },
  { at: "src/conformance", may: ["src/core", "src/ports"] },
  { at: "src/testing", may: [...ENGINE_SIDE, "src/adapters/memory"] },
  { at: "src/index.ts", may: ["src/core", "src/authoring"], mayTypes: ["src/ports"] },
  {
    at: "functions",
    may: ["functions", "src/index.ts", ...ENGINE_SIDE, "src/adapters", "src/http"],
  },
  // What is deployed.
  { at: "functions/workflows.ts", may: ["src/index.ts", "examples"] },
];

/**
 * The rooms of the engine, from the top down. Each may import from those below it, for types too; so
 * there is no circle between rooms either.
 */
const ROOMS: readonly string[] = [
  "index.ts",
  "create-engine.ts",
  "calls",
  "turn",
  "stopping",
  "steps",
  "continuations",
  "commit",
  "session",
  "replay",
  "services.ts",
  "process",
  "observe",
  "persistent-store.ts",
  "registry.ts",
  "engine.ts",
  "answers.ts",
  "run-record.ts",
  "options.ts",
].map((room) => `src/engine/${room}`);

/** Packages that only these layers may import. Everything else in `src` and `functions` must not. */
const CONFINED = [
  {
    packages: /^@aws-sdk\//,
    to: ["src/adapters/dynamodb", "src/adapters/sqs", "src/cli/dynamodb", "functions"],
  },
  {
    packages: /^@?hono(\/|$)/,
    to: ["src/http", "src/adapters/lambda", "src/cli/dev", "functions"],
  },
  { packages: /^@opentelemetry\//, to: ["src/adapters/telemetry"] },
  // What only the shell needs must not reach a function's bundle.
  { packages: /^(cli-table3|commander|jiti|picocolors)(\/|$)/, to: ["src/cli"] },
  // Bundled into the page; nothing that runs elsewhere has it.
  { packages: /^preact(\/|$)/, to: ["src/dashboard"] },
  // Its own published name would hide a direction from this check.
  { packages: /^detent(\/|$)/, to: [] },
];

/** The core is pure: no clock, randomness, environment or I/O. */
const PURE = ["src/core"];

/** What runs on Node, Bun, Deno and workerd alike, and the modules of Node that all of these have. */
const PORTABLE = ["src"];
const NODE_ONLY = ["src/cli"];
const EVERYWHERE: ReadonlySet<string> = new Set(
  ["assert/strict", "async_hooks", "buffer", "crypto", "util"].map((name) => `node:${name}`),
);

/**
 * One sentence for each import that goes the wrong way.
 * @param others modules that may be imported, and are not checked themselves
 */
export function findWrongDirections(
  modules: readonly Module[],
  others: readonly Module[] = [],
): string[] {
  const known = new Set([...modules, ...others].map((module) => module.path));
  return modules.flatMap((module) => {
    const layer = layerOf(module.path);
    if (!layer)
      return [`${module.path} is in no known layer: name its layer and what it may import`];
    if (isInUnknownRoom(module.path)) return [`${module.path} is in no known room of the engine`];
    return module.imports
      .map((imported) =>
        imported.local
          ? refuseModule(module.path, layer, imported, known)
          : refusePackage(module.path, imported.target),
      )
      .filter((refusal) => refusal !== undefined);
  });
}

function refuseModule(
  from: string,
  layer: Layer,
  { target, typeOnly }: Import,
  known: ReadonlySet<string>,
): string | undefined {
  if (!known.has(target)) return `${from} imports ${target}, which is not there`;
  if (goesUp(from, target)) return `${from} must not import ${target}: its room is further up`;
  if (layer === layerOf(target)) return undefined;
  if (isIn(target, layer.may)) return undefined;
  if (!isIn(target, layer.mayTypes ?? [])) return `${from} must not import ${target}`;
  return typeOnly ? undefined : `${from} may import ${target} only with \`import type\``;
}

/** Whether an import within the engine leads to a room above. */
function goesUp(from: string, target: string): boolean {
  const [own, other] = [roomOf(from), roomOf(target)];
  return own >= 0 && other >= 0 && other < own;
}

/** How far down a module's room is; -1 of what is in none. */
function roomOf(path: string): number {
  return ROOMS.findIndex((room) => isIn(path, [room]));
}

function isInUnknownRoom(path: string): boolean {
  return /^src\/engine\/.+\//.test(path) && roomOf(path) < 0;
}

function refusePackage(from: string, name: string): string | undefined {
  const wrong =
    CONFINED.some(({ packages, to }) => packages.test(name) && !isIn(from, to)) ||
    (name.startsWith("node:") && !mayUseNode(from, name));
  return wrong ? `${from} must not import ${name}` : undefined;
}

function mayUseNode(from: string, name: string): boolean {
  if (isIn(from, PURE)) return false;
  return EVERYWHERE.has(name) || !isIn(from, PORTABLE) || isIn(from, NODE_ONLY);
}

function layerOf(path: string): Layer | undefined {
  return LAYERS.filter((layer) => isIn(path, [layer.at])).sort(
    (a, b) => b.at.length - a.at.length,
  )[0];
}

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}
