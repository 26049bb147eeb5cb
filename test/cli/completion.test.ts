import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runHere } from "./shell-here.ts";
import { projectFolder } from "./shell-process.ts";

async function suggestions(...words: string[]): Promise<string[]> {
  const { code, stdout } = await runHere(["complete", "--", ...words]);
  expect(code).toBe(0);
  return stdout.trim().split("\n");
}

describe("what may come next", () => {
  test("are the commands, and nothing hidden", async () => {
    const found = await suggestions();
    expect(found).toEqual(expect.arrayContaining(["runs", "workflows", "dev", "--output"]));
    expect(found).not.toContain("complete");
    expect(await suggestions("runs")).toEqual(expect.arrayContaining(["list", "cancel"]));
  });

  test("are a command's options, and those of every command", async () => {
    const found = await suggestions("runs", "cancel", "run_42");
    expect(found).toEqual(expect.arrayContaining(["--reason", "--wait", "--url", "--help"]));
    expect(found).not.toContain("list");
  });

  test("are the choices of an option or an argument", async () => {
    expect(await suggestions("runs", "list", "--status")).toContain("cancelled");
    expect(await suggestions("runs", "list", "-o")).toEqual(["table", "json", "plain"]);
    expect(await suggestions("runs", "list", "--wait", "--output")).toContain("json");
    expect(await suggestions("runs", "list", "--status", "failed")).toContain("--limit");
    expect(await suggestions("completion")).toEqual(expect.arrayContaining(["bash", "fish"]));
    expect(await suggestions("runs", "cancel", "--reason")).toEqual([""]);
  });
});

const isHere = (name: string): boolean => spawnSync(name, ["-c", "true"]).status === 0;

describe("a completion script", () => {
  const folder = projectFolder("completion");

  beforeAll(async () => {
    // Answers as the shell would after `detent runs`, and keeps what it was asked.
    const detent = join(folder, "detent");
    const asked = `printf '%s\\n' "$*" >> "${join(folder, "asked")}"`;
    writeFileSync(detent, `#!/bin/sh\n${asked}\nprintf 'list\\nlogs\\ncancel\\n'\n`);
    chmodSync(detent, 0o755);
    for (const name of ["bash", "zsh", "fish"]) {
      const { stdout } = await runHere(["completion", name]);
      writeFileSync(join(folder, `detent.${name}`), stdout);
    }
  });

  const PATH = `${folder}:${process.env["PATH"]}`;
  const ask = (shell: string, script: string): string =>
    spawnSync(shell, ["-c", script], { cwd: folder, env: { PATH, HOME: folder }, encoding: "utf8" })
      .stdout;

  test("for bash completes what is typed", () => {
    const script = `source ./detent.bash; COMP_WORDS=(detent runs l); COMP_CWORD=2; _detent_complete; printf '%s ' "\${COMPREPLY[@]}"; complete -p detent`;
    expect(ask("bash", script)).toMatch(/^list logs complete .* -F _detent_complete detent\n$/);
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe("complete -- runs\n");
  });

  test.skipIf(!isHere("fish"))("for fish completes what is typed", () => {
    const script = `source ./detent.fish; complete -C "detent runs l"`;
    expect(ask("fish", script).trim().split("\n")).toEqual(["list", "logs"]);
  });

  test.skipIf(!isHere("zsh"))("for zsh can be read, and registers itself", () => {
    const script = `autoload -Uz compinit; compinit -u -D; source ./detent.zsh; print -r -- $_comps[detent]`;
    expect(ask("zsh", script)).toBe("_detent\n");
  });
});
