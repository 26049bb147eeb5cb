import { expect, it, vi } from "vitest";
import { createDeployedLogger } from "../../functions/logger.ts";

it("the log of a function is a JSON object a line, with no text of the platform's before it", () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const logger = createDeployedLogger({ DETENT_LOG_LEVEL: "warn" });
  logger.info("quiet");
  logger.child({ runId: "run_1" }).warn("Two\nlines");
  const written = write.mock.calls.map(([text]) => String(text));
  write.mockRestore();
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(written[0] ?? "")).toMatchObject({
    level: "warn",
    message: "Two\nlines",
    runId: "run_1",
  });
});
