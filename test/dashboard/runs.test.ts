/** What people do with the list of runs. */
import { describe, expect, test } from "vitest";
import { enter, hasBrowser, startOrder, useBrowser } from "./guest.ts";

useBrowser();

describe.runIf(hasBrowser)("the list of runs", () => {
  test("shows what is new by itself", async () => {
    const { site, visit } = await enter();
    await visit.page.getByRole("heading", { name: "No runs yet" }).waitFor();
    const runId = await startOrder(site);
    const row = visit.page.getByRole("row", { name: runId });
    await row.getByText("running").waitFor();
    site.charging.open();
    await row.getByText("completed").waitFor();
    visit.expectClean();
  });

  test("is filtered by status, workflow, tag and time, as its address tells", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const order = await startOrder(site);
    const { runId: nap } = await site.engine.start("nap", undefined, { tags: ["night"] });
    const rows = page.locator("tbody tr");
    const expectOnly = async (...runIds: string[]) => {
      for (const runId of [order, nap]) {
        const row = rows.filter({ hasText: runId });
        await row.waitFor({ state: runIds.includes(runId) ? "visible" : "detached" });
      }
    };
    await expectOnly(order, nap);
    await page.getByLabel("Status").selectOption("suspended");
    await expectOnly(nap);
    await page.reload();
    await expectOnly(nap);
    await page.getByRole("link", { name: "Clear", exact: true }).click();
    await expectOnly(order, nap);
    await page.getByLabel("Workflow").selectOption("order");
    await expectOnly(order);
    await page.getByLabel("Workflow").selectOption("");
    await page.getByLabel("Tag", { exact: true }).fill("night");
    await page.getByLabel("Tag", { exact: true }).press("Enter");
    await expectOnly(nap);
    await page.getByLabel("Tag", { exact: true }).fill("");
    await page.getByLabel("Created").selectOption("between");
    await page.getByLabel("Before").fill("2020-01-01T12:00");
    await page.getByLabel("Before").blur();
    await page.getByRole("heading", { name: "No run fits" }).waitFor();
    await page.getByLabel("Created").selectOption("1h");
    await expectOnly(order, nap);
    await page.getByLabel("Search").fill("nigh");
    await expectOnly(nap);
    visit.expectClean();
  });

  test("finds a run by its id, wherever it is listed", async () => {
    const { site, visit } = await enter();
    const runId = await startOrder(site);
    await visit.page.getByLabel("Search").fill(runId);
    await visit.page.getByLabel("Search").press("Enter");
    await visit.page.getByRole("heading", { name: runId, exact: true }).waitFor();
    await visit.go("#/runs/none");
    await visit.page.getByRole("heading", { name: "No such run" }).waitFor();
    visit.expectClean(/404 \(Not Found\)/);
  });

  test("stays where it is when what is entered is no id, and says so", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const runId = await startOrder(site);
    await page.getByLabel("Search").fill(runId.slice(0, 12));
    await page.getByLabel("Search").press("Enter");
    await page
      .getByRole("status")
      .getByText(`No run has the id ${runId.slice(0, 12)}.`)
      .waitFor();
    await page.getByRole("link", { name: runId }).waitFor();
    expect(await page.getByRole("heading", { name: "Runs", exact: true }).count()).toBe(1);
    visit.expectClean(/404 \(Not Found\)/);
  });

  test("goes from page to page", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    const ids = Array.from({ length: 60 }, (_, index) => `run_${String(index).padStart(2, "0")}`);
    for (const runId of ids) await site.engine.start("nap", undefined, { runId });
    await page.getByRole("link", { name: "run_59" }).waitFor();
    await page.getByRole("button", { name: "Older" }).click();
    await page.getByRole("link", { name: "run_00" }).waitFor();
    expect(await page.locator("tbody tr").count()).toBe(10);
    expect(await page.getByRole("button", { name: "Older" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Newer" }).click();
    await page.getByRole("link", { name: "run_59" }).waitFor();
    visit.expectClean();
  });

  test("stands still while live updates are off", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    await page.getByRole("button", { name: /Live updates/ }).click();
    let asked = 0;
    page.on("request", (request) => {
      asked += request.url().includes("/runs") ? 1 : 0;
    });
    const runId = await startOrder(site);
    await page.getByLabel("Status").focus();
    expect(asked).toBe(0);
    await page.getByRole("button", { name: /Live updates/ }).click();
    await page.getByRole("link", { name: runId }).waitFor();
  });

  test("says when the app cannot be reached, and goes on when it can", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await page.route("**/runs?*", (route) => route.abort());
    await page.getByText("The runs could not be loaded.").waitFor();
    await page.getByText("connection.failed").waitFor();
    const runId = await startOrder(site);
    await page.unroute("**/runs?*");
    await page.getByRole("link", { name: runId }).waitFor();
    expect(await page.getByText("The runs could not be loaded.").count()).toBe(0);
    visit.expectClean(/ERR_FAILED/);
  });

  test("tries again when it is told to, also while it is not live", async () => {
    const { site, visit } = await enter();
    const { page } = visit;
    await page.route("**/runs?*", (route) => route.abort());
    await page.getByText("The runs could not be loaded.").waitFor();
    await page.getByRole("button", { name: /Live updates/ }).click();
    const runId = await startOrder(site);
    await page.unroute("**/runs?*");
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByRole("link", { name: runId }).waitFor();
    expect(await page.getByText("The runs could not be loaded.").count()).toBe(0);
    visit.expectClean(/ERR_FAILED/);
  });
});
