import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MUTANTS } from "./mutants.ts";
import { parseOptions } from "./options.ts";
import { mutated } from "./patch.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const mutant = {
  id: "area/name",
  rule: "one is two",
  file: "src/one.ts",
  search: "return one(a);",
  replace: "return 2;",
  killers: [],
};

describe("a mutant", () => {
  it("changes what it looks for, wherever its lines are broken", () => {
    expect(mutated("a();\n  return\n    one(a);\nb();", mutant)).toBe("a();\n  return 2;\nb();");
    expect(mutated("x", { ...mutant, search: "x", replace: "$& $1" })).toBe("$& $1");
  });

  it("is refused when what it looks for is not there, or there twice", () => {
    expect(() => mutated("return two(a);", mutant)).toThrow(
      "area/name does not apply any more: what it looks for is not in src/one.ts",
    );
    expect(() => mutated("return one(a); return one(a);", mutant)).toThrow("2 times in src/one.ts");
  });
});

describe("the mutants", () => {
  it("have ids of their own, a rule as a sentence, and tests that should tell", () => {
    const ids = MUTANTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(200);
    for (const { id, rule, search, replace, killers } of MUTANTS) {
      expect(rule.length, id).toBeGreaterThan(15);
      expect(replace, id).not.toBe(search);
      expect(killers.length, id).toBeGreaterThan(0);
    }
  });
});

describe("every mutant", () => {
  it.each(MUTANTS.map((each) => [each.id, each] as const))("%s still applies", (_id, each) => {
    expect(mutated(readFileSync(join(ROOT, each.file), "utf8"), each)).not.toBe("");
  });
});

describe("npm run mutate", () => {
  it("takes numbers that can be meant", () => {
    expect(parseOptions(["--few", "3", "--only", "stop"])).toMatchObject({
      few: 3,
      only: ["stop"],
    });
    expect(() => parseOptions(["--jobs", "0"])).toThrow("--jobs takes a whole number from 1 to 64");
    expect(() => parseOptions(["--fwe", "3"])).toThrow();
  });
});
