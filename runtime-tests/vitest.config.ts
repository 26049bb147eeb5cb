import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { Report } from "./report.ts";
import { RUNTIMES } from "./runtimes.ts";

/** One suite, once for each runtime. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    globalSetup: ["prepare.ts"],
    reporters: ["default", new Report()],
    pool: "forks",
    // The servers work while the suite waits.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: RUNTIMES.map((runtime) => ({
      extends: true,
      test: { name: runtime, include: ["suite.test.ts"], globalSetup: [], provide: { runtime } },
    })),
  },
});
