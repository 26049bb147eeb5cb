/** The stack of the emulator's tests: the functions of the project, with workflows of the tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFunctions } from "../../infra/bundle.ts";
import { readStack, type Stack } from "../../infra/emulator/stack.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Times of the stack that a test cannot wait for; the rest stays as it is deployed. */
export interface Haste {
  turnTimeoutMs: number;
  /** Of both queues. */
  visibilityTimeoutS: number;
  sweepEveryMs: number;
}

export interface TestStack {
  root: string;
  stack: Stack;
  remove(): Promise<void>;
}

export async function buildTestStack(haste: Haste): Promise<TestStack> {
  const root = await mkdtemp(join(tmpdir(), "detent-emulated-"));
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  await bundleFunctions(join(root, "build", "functions"), {
    workflows: at("deployment/workflows.ts"),
    settings: at("deployment/settings.ts"),
  });
  return {
    root,
    stack: hurried(readStack(ROOT), haste),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

function hurried({ functions, queues }: Stack, haste: Haste): Stack {
  return {
    functions: functions.map((spec) => ({
      ...spec,
      ...(spec.source && { timeoutMs: haste.turnTimeoutMs }),
      ...(spec.everyMs !== undefined && { everyMs: haste.sweepEveryMs }),
    })),
    queues: Object.fromEntries(
      Object.entries(queues).map(([id, { Type, Properties }]) => [
        id,
        { Type, Properties: { ...Properties, VisibilityTimeout: haste.visibilityTimeoutS } },
      ]),
    ),
  };
}
