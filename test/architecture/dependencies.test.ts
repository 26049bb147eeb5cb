import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { checkDependencies } from "./dependencies.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

function violationsOf(files: Record<string, string>): readonly string[] {
  const tree = mkdtempSync(join(tmpdir(), "detent-dependencies-"));
  trees.push(tree);
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), source);
  }
  return checkDependencies(tree).violations;
}

/** The violations of a tree in which `from` imports `to`. */
function importing(from: string, to: string, statement = `import { x } from`): readonly string[] {
  const up = "../".repeat(from.split("/").length - 1) || "./";
  return violationsOf({
    [to]: "export const x = 1;",
    [from]: `${statement} "${up}${to}"; export const y = 1;`,
  });
}

describe("the dependency check", () => {
  it("finds nothing wrong in this project, and did read it", () => {
    const { modules, violations } = checkDependencies(ROOT);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(10);
  });

  it("fails when there is nothing to read", () => {
    expect(violationsOf({})).toHaveLength(1);
  });

  it.each([
    ["src/core/fold.ts", "src/ports/clock.ts"],
    ["src/core/fold.ts", "src/engine/turn.ts"],
    ["src/ports/store.ts", "src/engine/turn.ts"],
    ["src/ports/logger.ts", "src/platform/json-logger.ts"],
    ["src/core/retry.ts", "src/platform/system-clock.ts"],
    ["src/platform/memory-queue.ts", "src/engine/turn.ts"],
    ["src/http/client/start.ts", "src/platform/system-clock.ts"],
    ["src/authoring/step.ts", "src/engine/turn.ts"],
    ["src/engine/turn.ts", "src/adapters/memory/index.ts"],
    ["src/engine/turn.ts", "src/testing/index.ts"],
    ["src/adapters/local/index.ts", "src/engine/turn.ts"],
    ["src/adapters/memory/index.ts", "src/adapters/dynamodb/index.ts"],
    ["src/http/app.ts", "src/adapters/memory/index.ts"],
    ["src/http/client/start.ts", "src/ports/store.ts"],
    ["src/http/client/start.ts", "src/cli/cancel.ts"],
    ["src/cli/cancel.ts", "src/ports/store.ts"],
    ["src/cli/cancel.ts", "src/http/app.ts"],
    ["src/cli/cancel.ts", "src/engine/engine.ts"],
    ["src/cli/dev/run-dev.ts", "src/adapters/dynamodb/index.ts"],
    ["src/cli/dynamodb/open.ts", "src/engine/index.ts"],
    ["src/http/app.ts", "src/http/client/index.ts"],
    ["src/dashboard/app.tsx", "src/engine/engine.ts"],
    ["src/dashboard/app.tsx", "src/core/run.ts"],
    ["src/http/routes/get-page.ts", "src/dashboard/main.tsx"],
    ["src/http/page/assets.ts", "src/http/client/index.ts"],
    ["src/testing/index.ts", "src/adapters/dynamodb/index.ts"],
    ["src/engine/turn.ts", "functions/turn.ts"],
    ["functions/turn.ts", "src/testing/index.ts"],
    ["functions/turn.ts", "examples/order/order.ts"],
    ["src/adapters/lambda/turn-handler.ts", "src/engine/turn.ts"],
    ["src/http/scheduler.ts", "src/adapters/local/index.ts"],
  ])("refuses %s -> %s", (from, to) => {
    expect(importing(from, to)).toEqual([`${from} must not import ${to}`]);
  });

  it.each([
    ["src/ports/store.ts", "src/core/run.ts"],
    ["src/adapters/memory/index.ts", "src/ports/store.ts"],
    ["src/platform/json-logger.ts", "src/ports/logger.ts"],
    ["src/authoring/sleep.ts", "src/platform/system-clock.ts"],
    ["src/engine/turn.ts", "src/authoring/scope.ts"],
    ["src/http/app.ts", "src/engine/index.ts"],
    ["src/cli/cancel.ts", "src/http/client/index.ts"],
    ["src/cli/dev-command.ts", "src/cli/dev/run-dev.ts"],
    ["src/cli/dev/run-dev.ts", "src/engine/index.ts"],
    ["src/cli/dynamodb/open.ts", "src/adapters/dynamodb/index.ts"],
    ["src/http/routes/get-page.ts", "src/http/page/assets.ts"],
    ["src/dashboard/app.tsx", "src/http/client/index.ts"],
    ["src/cli/cancel.ts", "src/http/client/index.ts"],
    ["src/testing/index.ts", "src/adapters/memory/index.ts"],
    ["functions/turn.ts", "src/adapters/dynamodb/index.ts"],
    ["functions/engine.ts", "functions/workflows.ts"],
    ["functions/workflows.ts", "examples/order/order.ts"],
  ])("allows %s -> %s", (from, to) => {
    expect(importing(from, to)).toEqual([]);
  });

  it.each([
    "import type { x } from",
    "export { x } from",
    "export * from",
    "import",
    "const z = await import(",
    "type Z = import(",
  ])("counts `%s` for the direction", (statement) => {
    const source = statement.endsWith("(")
      ? `${statement}"../ports/clock.ts");`
      : `${statement} "../ports/clock.ts";`;
    const tree = { "src/core/fold.ts": source, "src/ports/clock.ts": "export const x = 1;" };
    expect(violationsOf(tree)).toEqual(["src/core/fold.ts must not import src/ports/clock.ts"]);
  });

  it("lets the authors' entry name the types of a port, and no more", () => {
    const [from, to] = ["src/index.ts", "src/ports/logger.ts"];
    expect(importing(from, to, "import type { x } from")).toEqual([]);
    expect(importing(from, to, "import { type x } from")).toHaveLength(1);
  });

  it.each(["src/engine/engine.ts", "src/http/error-status.ts"])(
    "lets the client name the types of %s, and no more",
    (to) => {
      const from = "src/http/client/client.ts";
      expect(importing(from, to, "import type { x } from")).toEqual([]);
      expect(importing(from, to)).toEqual([`${from} may import ${to} only with \`import type\``]);
    },
  );

  it.each([
    ["src/engine/turn.ts", "@aws-sdk/client-dynamodb"],
    ["src/engine/turn.ts", "hono"],
    ["src/http/app.ts", "preact"],
    ["src/http/app.ts", "detent/engine"],
    ["src/adapters/local/index.ts", "commander"],
    ["src/engine/turn.ts", "jiti"],
    ["src/core/ids.ts", "node:crypto"],
    ["src/authoring/step.ts", "node:fs"],
    ["src/engine/turn.ts", "node:timers/promises"],
    ["src/adapters/dynamodb/store.ts", "node:http"],
  ])("refuses %s -> %s", (from, name) => {
    expect(violationsOf({ [from]: `import "${name}";` })).toEqual([
      `${from} must not import ${name}`,
    ]);
  });

  it.each([
    ["src/authoring/scope.ts", "node:async_hooks"],
    ["src/cli/module.ts", "node:fs"],
    ["functions/environment.ts", "node:fs"],
  ])("allows %s -> %s", (from, name) => {
    expect(violationsOf({ [from]: `import "${name}";` })).toEqual([]);
  });

  it.each([
    "import { B } from",
    "import type { B } from",
    "import { type B } from",
    "export type { B } from",
    "export * from",
    "export type C = import(",
  ])("refuses a circle that `%s` closes", (statement) => {
    const target = statement.endsWith("(") ? `"./b.ts").B;` : `"./b.ts";`;
    const circle = {
      "src/core/a.ts": `${statement} ${target} export type A = 1;`,
      "src/core/b.ts": `import type { A } from "./a.ts"; export type B = A;`,
    };
    expect(violationsOf(circle)).toEqual([
      "import cycle: src/core/a.ts -> src/core/b.ts -> src/core/a.ts",
    ]);
  });

  it("refuses a circle of types that leads through many files", () => {
    const circle = {
      "src/engine/observe/planted.ts": `import type { Session } from "../session/session.ts"; export type Of = Session;`,
      "src/engine/session/session.ts": `import type { Next } from "../replay/next.ts"; export type Session = Next;`,
      "src/engine/replay/next.ts": `import type { Of } from "../observe/planted.ts"; export type Next = Of;`,
    };
    expect(violationsOf(circle)).toContain(
      "import cycle: src/engine/observe/planted.ts -> src/engine/session/session.ts -> src/engine/replay/next.ts -> src/engine/observe/planted.ts",
    );
  });

  it.each([
    ["observe", "session"],
    ["replay", "session"],
    ["session", "steps"],
    ["commit", "turn"],
    ["steps", "calls"],
  ])(
    "refuses types that go up from the room %s to the room %s, without any circle",
    (low, high) => {
      const [from, to] = [`src/engine/${low}/a.ts`, `src/engine/${high}/b.ts`];
      for (const statement of ["import type { x } from", "import { type x } from"]) {
        expect(importing(from, to, statement)).toEqual([
          `${from} must not import ${to}: its room is further up`,
        ]);
        expect(importing(to, from, statement)).toEqual([]);
      }
    },
  );

  it("refuses a circle of types between rooms that no file closes by itself", () => {
    const circle = {
      "src/engine/session/a.ts": `import type { B } from "../replay/b.ts"; export type A = B;`,
      "src/engine/session/d.ts": "export type D = 1;",
      "src/engine/replay/b.ts": "export type B = 1;",
      "src/engine/replay/c.ts": `import type { D } from "../session/d.ts"; export type C = D;`,
    };
    expect(violationsOf(circle)).toEqual([
      "src/engine/replay/c.ts must not import src/engine/session/d.ts: its room is further up",
    ]);
  });

  it("refuses a room of the engine that has no place in their order", () => {
    expect(violationsOf({ "src/engine/attic/a.ts": "" })).toEqual([
      "src/engine/attic/a.ts is in no known room of the engine",
    ]);
  });

  it("refuses a module in a folder that has no rule, and an import of nothing", () => {
    expect(violationsOf({ "src/utils/text.ts": "" })).toHaveLength(1);
    expect(violationsOf({ "src/core/a.ts": `import "./gone.ts";` })).toEqual([
      "src/core/a.ts imports src/core/gone.ts, which is not there",
    ]);
  });
});
