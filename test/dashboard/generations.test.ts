/** What people see of a run that goes on as new. */
import { describe, expect, test } from "vitest";
import { channel, continueAsNew, step, workflow } from "../../src/index.ts";
import { enter, hasBrowser, useBrowser } from "./guest.ts";

useBrowser();

const next = channel("next");
const months = workflow(
  "months",
  async (month: number) => {
    await step(`charge_${month}`, () => {})();
    await next.receive();
    return await continueAsNew(month + 1);
  },
  { channels: [next] },
);

describe.runIf(hasBrowser)("a run that goes on as new", () => {
  test("is followed from log to log, and the earlier ones can be looked at", async () => {
    const { site, visit } = await enter({ workflows: [months] });
    const { page } = visit;
    await site.engine.start("months", 1, { runId: "sub-1" });
    await visit.go("#/runs/sub-1");
    const lanes = page.locator(".lanes .lane-name");
    await lanes.getByText("charge_1", { exact: true }).waitFor();
    expect(await page.getByRole("navigation", { name: "Generations" }).count()).toBe(0);
    for (let month = 2; month <= 3; month++) {
      await site.engine.send("sub-1", "next", month);
      await lanes.getByText(`charge_${month}`, { exact: true }).waitFor();
    }
    // The log of the one before is over, and nothing of it is mixed with this one.
    await lanes.getByText("charge_1", { exact: true }).waitFor({ state: "detached" });
    const bar = page.getByRole("navigation", { name: "Generations" });
    await bar.getByText("Generation 3 of 3").waitFor();
    expect(await bar.getByRole("button", { name: "Later" }).isDisabled()).toBe(true);
    await bar.getByRole("button", { name: "First" }).click();
    await lanes.getByText("charge_1", { exact: true }).waitFor();
    await bar.getByText("which is over").waitFor();
    await page.getByText("Goes on in generation 2").waitFor();
    await page.locator(".events").getByText("workflow.continued").waitFor();
    await visit.picture("generations");
    expect(await visit.barriers()).toEqual([]);
    await bar.getByRole("button", { name: "Later" }).click();
    await lanes.getByText("charge_2", { exact: true }).waitFor();
    await bar.getByRole("button", { name: "Latest" }).click();
    await lanes.getByText("charge_3", { exact: true }).waitFor();
    visit.expectClean();
  });
});
