import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The specs whose engines replay as `DETENT_REPLAY` says; to all others it makes no difference. */
const REPLAYING = ["test/{engine,simulation,crash}/**/*.test.ts"];

/** Those that take minutes, most of them in waiting: begun last, one would keep all from their end. */
const LONG = ["/emulate/kill/", "/simulation/simulation.test", "/emulate/bad-luck", "/emulate/"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((part) => moduleId.includes(part));
      return at < 0 ? LONG.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: process.env["DETENT_REPLAY"]
      ? REPLAYING
      : ["test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/start-dynamodb.ts"],
    pool: "forks",
    sequence: { sequencer: LongFirst },
    // Some are at work while others wait for a server or a browser.
    maxWorkers: 3,
    // A busy machine makes tests slow, and no slow test wrong.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
