import { defineConfig } from "vitest/config";

/** The specs whose engines replay as `DETENT_REPLAY` says; to all others it makes no difference. */
const REPLAYING = ["test/{engine,simulation,crash}/**/*.test.ts"];

export default defineConfig({
  test: {
    include: process.env["DETENT_REPLAY"]
      ? REPLAYING
      : ["test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/start-dynamodb.ts"],
    pool: "forks",
    // One is at work while another waits for a server or a browser.
    maxWorkers: 2,
    // A busy machine makes tests slow, and no slow test wrong.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
