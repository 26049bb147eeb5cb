/** An app with a run in every state that a run can be in, each named by its status. */
import { createTestApp, type TestApp } from "../test-app.ts";
import type { Known } from "./requests.ts";

export const SECRET = "continuation-secret";

export interface BusyApp {
  testApp: TestApp;
  known: Known;
}

export async function createBusyApp(): Promise<BusyApp> {
  const testApp = createTestApp({ continuationSecret: SECRET });
  const { start, until, send, gateReached, engine } = testApp;
  await start("greet", { runId: "completed", input: { name: "Ada" } });
  await start("breaks", { runId: "failed" });
  await start("nap", { runId: "cancelled", tags: ["a", "b"] });
  await start("nap", { runId: "terminated" });
  await start("nap", { runId: "suspended" });
  await start("gated", { runId: "cancelling" });
  for (const runId of ["cancelled", "terminated", "suspended"]) await until(runId, "suspended");
  await gateReached;

  const why = { reason: "too late", requestedBy: "alice" };
  await send("/runs/cancelled/cancel", { body: why });
  await send("/runs/cancelling/cancel", { body: why });
  await send("/runs/terminated/terminate", { body: why });
  await engine.reportProblem("suspended", new Error("lost its way"));
  const runs = ["completed", "failed", "cancelled", "terminated", "suspended", "cancelling"];
  for (const status of runs) await until(status, status);

  const { body } = await send("/workflows");
  return { testApp, known: { runs: [...runs, "none"], workflows: body["workflows"] as never } };
}
