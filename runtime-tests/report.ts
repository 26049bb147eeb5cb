/** The last lines of a run: one for each runtime, with its version and what came of it. */
import { execFileSync } from "node:child_process";
import type { Reporter, TestModule } from "vitest/node";
import { findRuntime, RUNTIMES, type Runtime } from "./runtimes.ts";

export class Report implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = RUNTIMES.flatMap((runtime) => {
      const found = modules.find(({ project }) => project.name === runtime);
      return found ? [`${runtime.padEnd(9)}${outcome(runtime, found)}`] : [];
    });
    console.log(`\n${lines.join("\n")}`);
  }
}

function outcome(runtime: Runtime, module: TestModule): string {
  const states = [...module.children.allTests()].map((each) => each.result().state);
  const count = (wanted: string): number => states.filter((state) => state === wanted).length;
  const failed = count("failed") || (module.ok() ? 0 : 1);
  const what = `${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`;
  const program = findRuntime(runtime);
  if (program)
    return `${failed > 0 ? "FAILED" : "passed"}: ${what} (${versionOf(program.command)})`;
  const why = "it is not installed here; npm run test:runtimes does that";
  return `${failed > 0 ? "FAILED" : "skipped"}: ${why}`;
}

function versionOf(command: string): string {
  const [line = ""] = execFileSync(command, ["--version"], { encoding: "utf8" }).split("\n");
  return line;
}
