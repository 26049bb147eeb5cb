/** An app with a run in every state that a run can be in, each named by its status. */
import { createTestApp, type TestApp } from "../test-app.ts";
import type { Known } from "./requests.ts";

export const SECRET = "continuation-secret";

export interface BusyApp {
  testApp: TestApp;
  known: Known;
  hooks: Record<"open" | "picky" | "used" | "expired", string>;
}

export async function createBusyApp(): Promise<BusyApp> {
  const testApp = createTestApp({ continuationSecret: SECRET });
  const { start, until, send, gateReached, engine } = testApp;
  await start("greet", { runId: "completed", input: { name: "Ada" } });
  await start("breaks", { runId: "failed" });
  await start("nap", { runId: "cancelled", tags: ["a", "b"] });
  await start("nap", { runId: "terminated" });
  await start("nap", { runId: "suspended" });
  await start("nap", { runId: "paused" });
  await start("gated", { runId: "cancelling" });
  for (const runId of ["cancelled", "terminated", "suspended", "paused"])
    await until(runId, "suspended");
  await gateReached;

  const why = { reason: "too late", requestedBy: "alice" };
  await send("/runs/cancelled/cancel", { body: why });
  await send("/runs/cancelling/cancel", { body: why });
  await send("/runs/terminated/terminate", { body: why });
  await send("/runs/paused/pause", { body: why });
  await engine.reportProblem("suspended", new Error("lost its way"));
  const going = ["suspended", "paused", "cancelling"];
  const runs = ["completed", "failed", "cancelled", "terminated", ...going];
  for (const status of runs) await until(status, status);

  await start("deaf", { runId: "deaf" });
  await start("hears", { runId: "hearing" });
  await start("hears", { runId: "heard" });
  for (const runId of ["deaf", "hearing", "heard"]) await until(runId, "suspended");
  await engine.send("heard", "words", { text: "hi" }, { messageId: "first" });
  const hooks = await askedHooks(testApp);
  const { body } = await send("/workflows");
  const workflows = body["workflows"] as never;
  const known = { runs: [...runs, "hearing", "none"], hooks: Object.values(hooks), workflows };
  return { testApp, known, hooks };
}

/** The token of a hook in every state that a hook can be in. */
async function askedHooks({ start, until, engine }: TestApp): Promise<BusyApp["hooks"]> {
  const asked = async (workflow: string): Promise<{ runId: string; token: string }> => {
    const runId = await start(workflow);
    await until(runId, "suspended");
    const [open] = await engine.hooks(runId);
    return { runId, token: open?.token ?? "" };
  };
  const open = await asked("asks_anything");
  const picky = await asked("asks");
  const used = await asked("asks_anything");
  await engine.resumeHook(used.token, "used");
  const expired = await asked("asks_in_vain");
  await engine.cancel(expired.runId);
  return { open: open.token, picky: picky.token, used: used.token, expired: expired.token };
}
